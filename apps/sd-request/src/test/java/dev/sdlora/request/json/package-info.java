/** Tests of requests as fields. */
@NullMarked
package dev.sdlora.request.json;

import org.jspecify.annotations.NullMarked;
