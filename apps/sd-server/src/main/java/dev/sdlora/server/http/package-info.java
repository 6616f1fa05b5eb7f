/**
 * What all interfaces share: fields of JSON, answers, refusals, images in text, streams of events.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>Statuses and sentences of errors over HTTP: {@code server.http.ErrorMessages}; their forms,
 *       {@code ErrorAnswer}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.http;

import org.jspecify.annotations.NullMarked;
