/**
 * LoRA files: whose key names they use, what modules they hold, what they were trained for.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>Another LoRA key style: endings in {@code lora.format.KeyEndings}, prefixes in {@code
 *       lora.plan.KeyPrefix}, spellings of layers in {@code Spellings}, {@code SgmNames}, {@code
 *       OpenClipNames}.
 *   <li>What a LoRA was trained for: {@code lora.format.Families}; models that are refused by name,
 *       {@code OtherModels}.
 *   <li>Another kind of adapter: {@code lora.format.Kind}, {@code Part}, what tensors it needs in
 *       {@code ModuleChecks}, its size in {@code LoraModule.extent}.
 * </ul>
 */
@NullMarked
package dev.sdlora.lora.format;

import org.jspecify.annotations.NullMarked;
