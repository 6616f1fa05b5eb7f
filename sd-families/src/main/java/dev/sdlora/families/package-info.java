/**
 * The families of models: {@code Families} lists them, {@code KnownModels} recognises their files.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Another family of transformers: a package with a {@code FlowDefinition}, a row in {@code
 *       Families} and one in {@code KnownModels}.
 * </ul>
 */
@NullMarked
package dev.sdlora.families;

import org.jspecify.annotations.NullMarked;
