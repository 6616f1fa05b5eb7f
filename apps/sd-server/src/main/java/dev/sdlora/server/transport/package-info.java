/**
 * Handlers that every request passes before its route: who may ask, bodies, slow clients.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>Who may ask over HTTP, by which host name; bodies, slow clients, proxies: {@code
 *       server.transport}: Jetty handlers before the routes, put together in {@code Transport}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.transport;

import org.jspecify.annotations.NullMarked;
