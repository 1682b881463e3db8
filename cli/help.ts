/** What the command says of itself. */

/** The whole help: one screen. */
export const HELP = `streamlet: films from browser to browser, and to this machine

  streamlet serve              the page, the tracker and a bridge, here
  streamlet bridge             a bridge on its own
  streamlet share <file…>      a link for each film, or for all films of a folder
  streamlet stop <file|link…>  ends a share for good
  streamlet get <link>         saves the film a link leads to
  streamlet play <link>        an address of this machine for mpv, VLC and other players
  streamlet doctor             whether this machine has what serve and bridge need

Options of share and stop
  --tracker <address>          the page people open; by default http://localhost:8000
  --name <name>                how viewers see you (share)

Options of get
  -o, --output <file>          where to; by default the film's own name, here
  -f, --force                  replaces a file that is there

Options of play
  --open <player>              starts a player on it, and ends with it: mpv, vlc, …

Options of all of them
  --json                       one JSON object a line instead of words
  -h, --help

A link is written in quotes: 'https://…/w/…#…'. Its part after # is the key.
A film is shared for as long as the command runs; the same file has the same link again.
get can be interrupted, by whatever: the same command goes on from what had arrived.
serve and bridge are set up by environment variables; README.md lists them.

Exit codes: 0 done, 1 it could not be done, 2 it was not understood, 130 interrupted.
`;
