// One service: what it asks for, and the button that connects.

import { useRef, useState } from 'preact/hooks';
import { type Field, problemOf, submissionOf, usesPopup } from '../form';
import { type FormScreen, type Store, brokenPreset } from '../store';
import { FieldRow } from './field';
import { DocsLink, Logo, TopBar, docsOf } from './parts';

export function Form({ store, form }: { store: Store; form: FormScreen }) {
  const { t } = store;
  const { integration, provider, fields } = form;
  const name = integration.display_name;
  const [values] = useState(() => new Map<Field, string>(fields.map((field) => [field, field.value])));
  const [touched, setTouched] = useState<ReadonlySet<Field>>(new Set());
  const element = useRef<HTMLFormElement>(null);
  const visible = fields.filter((field) => !field.isHidden);
  const broken = brokenPreset(form);
  const isReconnecting = store.session.value?.isReconnecting === true;
  const isBusy = store.isBusy.value;
  const hasList = store.integrations.value.length > 1 && !(isReconnecting && store.own.isManaging);
  const onBack = hasList ? () => store.showList() : store.own.isManaging ? () => void store.own.show() : undefined;
  const override = store.session.value?.overrides?.[integration.unique_key]?.docs_connect;
  const docs = docsOf(store, form);

  // Whoever was sent this link by somebody else sees whose account theirs would become.
  const endUser = store.place.isFramed ? null : store.session.value?.endUser;
  const owner = endUser?.email || endUser?.display_name;

  const change = (field: Field, value: string) => {
    values.set(field, value);
    store.isDirty.value = true;
    setTouched(new Set(touched).add(field));
  };
  const submit = (event: Event) => {
    event.preventDefault();
    setTouched(new Set(visible));
    const wrong = visible.find((field) => problemOf(field, values.get(field) ?? ''));
    if (wrong) element.current?.querySelector<HTMLElement>(`[name="${CSS.escape(wrong.name)}"]`)?.focus();
    else void store.submit(form, submissionOf(fields, values));
  };

  return (
    <>
      <TopBar store={store} onBack={onBack} />
      <form class="body" ref={element} noValidate autoComplete="off" onSubmit={submit}>
        <header class="heading">
          <Logo src={provider.logo_url} name={name} size="large" />
          <h1 id="title">{t(isReconnecting ? 'form.title.reconnect' : 'form.title', { name })}</h1>
          {visible.length === 0 && !form.externalId && (
            <p>{t(usesPopup(provider) ? 'form.popup' : 'form.nothing', { name })}</p>
          )}
          {owner && <p>{t('form.for', { user: owner })}</p>}
        </header>
        {broken && (
          <p class="problem" role="alert">
            {t('form.preset', { label: broken.label, name })}
          </p>
        )}
        {visible.map((field, at) => (
          <FieldRow
            key={`${field.group}.${field.name}`}
            store={store}
            field={field}
            value={values.get(field) ?? ''}
            problem={touched.has(field) ? problemOf(field, values.get(field) ?? '') : undefined}
            docs={override ? undefined : docs}
            isFirst={at === 0}
            onChange={(value) => change(field, value)}
            onLeave={() => setTouched(new Set(touched).add(field))}
            onDocs={() => store.reportDocs('click:doc_section', integration.unique_key)}
          />
        ))}
        {form.externalId && <ExternalId store={store} id={form.externalId} />}
        <DocsLink store={store} form={form} />
        <div class="actions">
          {store.notice.value && (
            <p class="problem" role="alert">
              {t(store.notice.value)}
            </p>
          )}
          {isBusy && usesPopup(provider) && (
            <p role="status" class="wait">
              {t('popup.wait')}{' '}
              <button
                type="button"
                class="link"
                onClick={() => void store.openAgain(form, submissionOf(fields, values))}
              >
                {t('popup.again')}
              </button>{' '}
              <button type="button" class="link" onClick={() => store.stopAttempt()}>
                {t('popup.cancel')}
              </button>
            </p>
          )}
          <button type="submit" class="button" disabled={isBusy} {...(visible.length === 0 ? { 'data-autofocus': true } : {})}>
            {t(isBusy ? 'form.busy' : isReconnecting ? 'form.submit.reconnect' : 'form.submit')}
          </button>
        </div>
      </form>
    </>
  );
}

/** A text the user carries to AWS; copying may be kept back in a frame, so it can be selected too. */
function ExternalId({ store, id }: { store: Store; id: string }) {
  const [isCopied, setCopied] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const copy = async () => {
    input.current?.select();
    const copied = await navigator.clipboard?.writeText(id).then(
      () => true,
      () => false,
    );
    setCopied(copied || document.execCommand('copy'));
  };
  return (
    <div class="field">
      <label for="external-id">{store.t('form.externalId')}</label>
      <p class="about" id="external-id-about">
        {store.t('form.externalId.about')}
      </p>
      <div class="box">
        <input id="external-id" ref={input} readOnly value={id} aria-describedby="external-id-about" />
        <button type="button" class="link" onClick={() => void copy()}>
          {store.t(isCopied ? 'form.copied' : 'form.copy')}
        </button>
      </div>
    </div>
  );
}
