/**
 * HTTP code that all APIs share: JSON fields, responses, refusals, base64 images, event streams.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Routes: each API returns rows, {@code Route}, which {@code SdServer} joins; {@code
 *       SdServer.routes} lists all, with who may call them.
 *   <li>Statuses and messages of errors over HTTP: {@code server.http.ErrorMessages}; their format:
 *       {@code ErrorAnswer}; the fields that they name instead of settings of Java: {@code
 *       FieldWords}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.http;

import org.jspecify.annotations.NullMarked;
