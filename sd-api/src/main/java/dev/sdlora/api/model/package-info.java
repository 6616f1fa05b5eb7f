/**
 * What a checkpoint file is: family, prediction type, number format, and how far two are apart.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>What callers are told of a file with weights: {@code api.FileDescription}; {@code
 *       checkpoint.FileKind}.
 * </ul>
 */
@NullMarked
package dev.sdlora.api.model;

import org.jspecify.annotations.NullMarked;
