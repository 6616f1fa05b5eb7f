/**
 * Wildcards of dynamic prompts: {@link dev.sdlora.pipeline.wildcard.WildcardFolders} reads them
 * from text files.
 */
@NullMarked
package dev.sdlora.pipeline.wildcard;

import org.jspecify.annotations.NullMarked;
