/**
 * Properties of checkpoint files: family, prediction type, dtype, and the distance between two of
 * them.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>The description of a file with weights: {@code api.FileDescription}; {@code
 *       checkpoint.FileKind}.
 * </ul>
 */
@NullMarked
package dev.sdlora.api.model;

import org.jspecify.annotations.NullMarked;
