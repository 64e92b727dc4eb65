// Asks for a token, keeps it for this tab, and calls begin(), which each page defines.
function askForToken(wasWrong, why = 'The collector did not accept the token.') {
  if ($('login').open) return;
  if (wasWrong) $('login-text').textContent = `${why} It is kept for this tab only.`;
  $('login').showModal();
}
// Escape does not close it. A "cancel" cannot always be prevented, but the key can.
$('login').addEventListener('keydown', event => { if (event.key === 'Escape') event.preventDefault(); });
$('login-form').addEventListener('submit', event => {
  event.preventDefault();
  tokenOfTab.set($('token').value.trim());
  $('token').value = '';
  $('login').close();
  begin();
});
