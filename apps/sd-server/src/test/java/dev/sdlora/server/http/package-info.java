/** Tests of what all interfaces share. */
@NullMarked
package dev.sdlora.server.http;

import org.jspecify.annotations.NullMarked;
