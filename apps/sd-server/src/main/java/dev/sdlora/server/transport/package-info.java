/**
 * Handlers that every request passes before its route: access, bodies, slow clients.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Access over HTTP, allowed host names, bodies, slow clients and proxies: {@code
 *       server.transport}, Jetty handlers before the routes, assembled in {@code Transport}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.transport;

import org.jspecify.annotations.NullMarked;
