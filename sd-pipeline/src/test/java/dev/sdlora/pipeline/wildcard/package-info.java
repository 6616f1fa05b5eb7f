/** Tests of wildcards in files. */
@NullMarked
package dev.sdlora.pipeline.wildcard;

import org.jspecify.annotations.NullMarked;
