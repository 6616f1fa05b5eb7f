/**
 * Images over HTTP: {@link dev.sdlora.server.SdServer}.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Browser tests: the stories in {@code server.browser}; their vocabulary: {@code Studio};
 *       finding the browser: {@code Chromium}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server;

import org.jspecify.annotations.NullMarked;
