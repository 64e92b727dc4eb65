// Asks for a token, keeps it for this tab, and calls begin(), which each page defines.
function askForToken(wasWrong) {
  if ($('login').open) return;
  if (wasWrong) $('login-text').textContent = 'The collector did not accept the token. It is kept for this tab only.';
  $('login').showModal();
}
$('login').addEventListener('cancel', event => event.preventDefault());
$('login-form').addEventListener('submit', event => {
  event.preventDefault();
  sessionStorage.setItem('token', $('token').value);
  $('token').value = '';
  $('login').close();
  begin();
});
