/**
 * What all interfaces share: fields of JSON, answers, refusals, pictures in text, streams of
 * events.
 */
@NullMarked
package dev.sdlora.server.http;

import org.jspecify.annotations.NullMarked;
