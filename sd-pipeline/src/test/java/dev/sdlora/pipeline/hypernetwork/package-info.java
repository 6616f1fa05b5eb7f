/** Tests of hypernetwork files. */
@NullMarked
package dev.sdlora.pipeline.hypernetwork;

import org.jspecify.annotations.NullMarked;
