/** The parts of media-chrome that the player is made of: importing them defines their elements. */
import 'media-chrome/media-controller.js';
import 'media-chrome/media-fullscreen-button.js';
import 'media-chrome/media-mute-button.js';
import 'media-chrome/media-pip-button.js';
import 'media-chrome/media-play-button.js';
import 'media-chrome/media-seek-backward-button.js';
import 'media-chrome/media-seek-forward-button.js';
import 'media-chrome/media-time-range.js';
import 'media-chrome/media-volume-range.js';
