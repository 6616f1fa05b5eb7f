/**
 * API keys: who sends a request, and how much each key may draw.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Fields of a key, the file of keys: {@code server.key}, {@code Key} and {@code KeyFile}.
 *   <li>Limits of a key and how long to wait: {@code Quotas}; counts of a day: {@code Usage}.
 *   <li>Order of jobs by priority and age: {@code Sender}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.key;

import org.jspecify.annotations.NullMarked;
