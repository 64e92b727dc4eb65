// Sends requests to the collector, with the token of this tab.
class Refused extends Error {}
// A browser that stores nothing for pages refuses even to read. Then a reload asks for the token again.
const tokenOfTab = {
  text: null,
  get() { try { return sessionStorage.getItem('token'); } catch { return this.text; } },
  set(text) { try { sessionStorage.setItem('token', text); } catch { this.text = text; } },
};
// Keeps large whole numbers exact, unless another parser is given.
async function ask(path, signal, parse = parseExactly) {
  const token = tokenOfTab.get();
  const response = await fetch(path, {signal, headers: token ? {Authorization: `Bearer ${token}`} : {}});
  if (response.status === 401) {
    askForToken(token !== null);
    throw new Refused('a token is needed');
  }
  const body = await bodyOf(response, parse);
  if (!response.ok) throw Object.assign(new Error(body.error || `the collector answered ${response.status}`), {status: response.status});
  return body;
}
async function bodyOf(response, parse) {
  const text = await response.text();
  try { return parse(text); }
  catch { throw new Error(`The collector cannot be reached: another server, such as a proxy, answered ${response.status}.`); }
}
function complain(error, about) {
  if (error.name === 'AbortError' || error instanceof Refused) return;
  $('notice').about = about;
  $('notice').textContent = error instanceof TypeError ? 'The collector cannot be reached.' : error.message;
  $('notice').hidden = false;
}
const calm = about => { if ($('notice').about === about) $('notice').hidden = true; };
const say = text => { $('status-line').textContent = text; };
