/** Tests of detail passes before they are painted. */
@NullMarked
package dev.sdlora.pipeline.detail;

import org.jspecify.annotations.NullMarked;
