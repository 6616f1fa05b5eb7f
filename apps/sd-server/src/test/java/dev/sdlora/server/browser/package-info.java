/** The studio as a person uses it: stories in a real browser. */
@NullMarked
package dev.sdlora.server.browser;

import org.jspecify.annotations.NullMarked;
