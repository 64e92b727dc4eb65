// Asks for a token, keeps it for this tab, and begins the page again: begin() is each page's own.
function askForToken(wasWrong) {
  if ($('login').open) return;
  if (wasWrong) $('login-text').textContent = 'The token was not right. It is kept for this tab only.';
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
