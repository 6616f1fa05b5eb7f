/**
 * The LoRA files of each family of models: names of layers, signs in names and shapes, words in
 * metadata, the bases that LoRAs are trained on.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Another family: a {@code LayerTable}, a row in {@code LayerTables}, and the signs of its
 *       files in {@code ModelSigns}.
 *   <li>Models that are rejected by name: {@code ModelSigns}.
 *   <li>Models that others of a family derive from: {@code Base}; their signs are in {@code
 *       library.Bases}.
 *   <li>The order of evidence: {@code FamilyDetection}.
 * </ul>
 */
@NullMarked
package dev.sdlora.lora.family;

import org.jspecify.annotations.NullMarked;
