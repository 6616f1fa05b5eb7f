/**
 * A1111's API, {@code /sdapi/v1}, and that of its ControlNet extension.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>A route of any API in {@code /openapi.json}: {@code openapi.json} here, one line; the
 *       fields of requests that come from rows of settings are added by {@code ApiDescription}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.sdapi;

import org.jspecify.annotations.NullMarked;
