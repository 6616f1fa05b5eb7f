/**
 * Reads LoRA files: their key names, their modules and the model family that they were trained for.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Another LoRA key style: endings in {@code lora.format.KeyEndings}, prefixes in {@code
 *       lora.plan.KeyPrefix}, spellings of layers in {@code Spellings}, {@code SgmNames}, {@code
 *       OpenClipNames}.
 *   <li>The detection of a LoRA's model family, models that are rejected by name: {@code
 *       lora.family}.
 *   <li>Another kind of adapter: {@code lora.format.Kind}, {@code Part}, its required tensors in
 *       {@code ModuleChecks}, its size in {@code LoraModule.extent}.
 * </ul>
 */
@NullMarked
package dev.sdlora.lora.format;

import org.jspecify.annotations.NullMarked;
