/** Tests of the HTTP code that all APIs share. */
@NullMarked
package dev.sdlora.server.http;

import org.jspecify.annotations.NullMarked;
