/**
 * Requests to web sites: {@code Web} follows redirects and tries again, {@code Token} is sent to no
 * other origin than its own. Nothing here knows models.
 */
@NullMarked
package dev.sdlora.models.web;

import org.jspecify.annotations.NullMarked;
