/**
 * The families of models: {@code Families} lists them, {@code KnownModels} recognises their files.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Another family of transformers: a package with a {@code FlowDefinition}, and a row in
 *       {@code Families}.
 *   <li>Models that are recognised and not supported: {@code KnownModels}.
 * </ul>
 */
@NullMarked
package dev.sdlora.families;

import org.jspecify.annotations.NullMarked;
