/** Tests of requests as fields. */
@NullMarked
package dev.sdlora.request.context;

import org.jspecify.annotations.NullMarked;
