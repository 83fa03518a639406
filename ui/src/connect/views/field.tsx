// One field: label, help, input, what is wrong with it.

import { useState } from 'preact/hooks';
import { type Field, type Problem, cleaned } from '../form';
import type { Store } from '../store';
import { Icon } from './parts';

interface Row {
  store: Store;
  field: Field;
  value: string;
  problem: Problem | undefined;
  docs: string | undefined;
  isFirst: boolean;
  onChange: (value: string) => void;
  onLeave: () => void;
  onDocs: () => void;
}

const EYE = 'M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zM12 9a3 3 0 100 6 3 3 0 000-6z';

export function FieldRow(row: Row) {
  const { store, field, problem, docs } = row;
  const { t } = store;
  const { schema } = field;
  const id = `field-${field.group}-${field.name}`;
  const section = docs && schema.doc_section ? `${docs}${schema.doc_section}` : undefined;
  return (
    <div class="field">
      <div class="label">
        <label for={id}>{field.label}</label>
        {!field.isRequired && <span class="quiet">({t('form.optional')})</span>}
        {section && (
          <a
            class="help"
            href={section}
            target="_blank"
            rel="noopener noreferrer"
            aria-label={`${field.label}: ${t('form.docs')}`}
            onClick={row.onDocs}
          >
            <Icon path="M12 11v6M12 7.5v.5M12 2a10 10 0 100 20 10 10 0 000-20z" />
          </a>
        )}
      </div>
      {schema.description && (
        <p class="about" id={`${id}-about`}>
          {schema.description}
        </p>
      )}
      <Input {...row} id={id} />
      {problem && (
        <p class="problem" id={`${id}-problem`} role="alert">
          {t(`field.${problem}`, { format: schema.format ?? '' })}
        </p>
      )}
    </div>
  );
}

function Input({ store, field, value, problem, isFirst, onChange, onLeave, id }: Row & { id: string }) {
  const { t } = store;
  const { schema } = field;
  const [isShown, setShown] = useState(false);
  const described = [schema.description && `${id}-about`, problem && `${id}-problem`].filter(Boolean).join(' ');
  const common = {
    id,
    name: field.name,
    'aria-invalid': problem !== undefined,
    'aria-required': field.isRequired,
    ...(described ? { 'aria-describedby': described } : {}),
    ...(isFirst ? { 'data-autofocus': true } : {}),
  };
  if (schema.enum) {
    return (
      <div class="box">
        <select {...common} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          {!field.isRequired && <option value="">{t('form.choose')}</option>}
          {schema.enum.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </select>
      </div>
    );
  }
  const isLong = schema.secret && /private.?key|certificate/i.test(field.name);
  return (
    <div class={`box ${problem ? 'is-wrong' : ''}`}>
      {schema.prefix && <span class="affix">{schema.prefix}</span>}
      {isLong ? (
        <textarea
          {...common}
          rows={4}
          spellcheck={false}
          value={value}
          placeholder={schema.example}
          onInput={(event) => onChange(event.currentTarget.value)}
          onBlur={onLeave}
        />
      ) : (
        <input
          {...common}
          {...(schema.secret && !isShown ? { type: 'password' as const } : { type: 'text' as const })}
          value={value}
          placeholder={schema.example}
          autoComplete="off"
          autoCapitalize="off"
          spellcheck={false}
          data-1p-ignore
          data-lpignore="true"
          onInput={(event) => onChange(cleaned(field, event.currentTarget.value))}
          onBlur={onLeave}
        />
      )}
      {schema.suffix && <span class="affix">{schema.suffix}</span>}
      {schema.secret && !isLong && (
        <button
          type="button"
          class="icon"
          aria-pressed={isShown}
          aria-label={t(isShown ? 'form.hide' : 'form.show', { label: field.label })}
          onClick={() => setShown(!isShown)}
        >
          <Icon path={EYE} />
        </button>
      )}
    </div>
  );
}
