/** Tests of the studio in a real browser, written as stories of a user. */
@NullMarked
package dev.sdlora.server.browser;

import org.jspecify.annotations.NullMarked;
