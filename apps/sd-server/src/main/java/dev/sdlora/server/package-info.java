/**
 * Images over HTTP: {@link dev.sdlora.server.SdServer}.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>What is done in a browser by tests: the stories in {@code server.browser}, what they call
 *       things in {@code Studio}; where a browser is looked for, {@code Chromium}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server;

import org.jspecify.annotations.NullMarked;
