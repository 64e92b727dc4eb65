// Sends requests to the collector, with the token of this tab.
class Refused extends Error {}
// Keeps large whole numbers exact, unless another parser is given.
async function ask(path, signal, parse = parseExactly) {
  const token = sessionStorage.getItem('token');
  const response = await fetch(path, {signal, headers: token ? {Authorization: `Bearer ${token}`} : {}});
  if (response.status === 401) {
    askForToken(token !== null);
    throw new Refused('a token is needed');
  }
  const body = parse(await response.text());
  if (!response.ok) throw Object.assign(new Error(body.error || `the collector answered ${response.status}`), {status: response.status});
  return body;
}
function complain(error, about) {
  if (error.name === 'AbortError' || error instanceof Refused) return;
  $('notice').about = about;
  $('notice').textContent = error instanceof TypeError ? 'The collector cannot be reached.' : error.message;
  $('notice').hidden = false;
}
const calm = about => { if ($('notice').about === about) $('notice').hidden = true; };
const say = text => { $('status-line').textContent = text; };
