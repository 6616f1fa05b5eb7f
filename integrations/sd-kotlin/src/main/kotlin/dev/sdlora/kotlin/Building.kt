/** Kotlin builders for pipelines, requests and their parts, based on the library's builders. */
package dev.sdlora.kotlin

import dev.sdlora.api.Checkpoint
import dev.sdlora.api.LoraAdapter
import dev.sdlora.api.Pipeline
import dev.sdlora.api.PromptOptions
import dev.sdlora.api.PromptSpec
import dev.sdlora.api.image.DetailPass
import dev.sdlora.api.image.HiresFix
import dev.sdlora.api.image.Image
import dev.sdlora.api.image.ImageToImage
import dev.sdlora.api.image.Inpainting
import dev.sdlora.api.sampling.SamplerOptions
import dev.sdlora.api.sampling.SpeedOptions
import java.nio.file.Path

/**
 * Opens a checkpoint and loads it.
 *
 * @param file a `.safetensors` or `.ckpt` file or a diffusers folder
 * @param settings sets the options and the folders of LoRAs and embeddings; the checkpoint is
 *   already set
 * @return the pipeline, which can be shared and must be closed; see [Pipeline.Builder.build] for
 *   exceptions
 */
public fun pipeline(file: Path, settings: Pipeline.Builder.() -> Unit = {}): Pipeline =
    pipeline(Checkpoint.open(file), settings)

/**
 * Loads a checkpoint.
 *
 * @param checkpoint the checkpoint
 * @param settings sets the options and the folders of LoRAs and embeddings
 * @return the pipeline, which can be shared and must be closed; see [Pipeline.Builder.build] for
 *   exceptions
 */
public fun pipeline(
    checkpoint: Checkpoint,
    settings: Pipeline.Builder.() -> Unit = {},
): Pipeline = Pipeline.builder().checkpoint(checkpoint).apply(settings).build()

/**
 * Builds a request.
 *
 * @param prompt the prompt in A1111's syntax, including `<lora:name:0.8>`
 * @param settings sets all other options; the defaults are those of [PromptSpec]
 * @return the request
 * @throws IllegalArgumentException if a setting is out of range
 */
public fun promptSpec(prompt: String, settings: PromptSpec.Builder.() -> Unit = {}): PromptSpec =
    PromptSpec.builder().prompt(prompt).apply(settings).build()

/**
 * Returns a copy of the request with changes.
 *
 * @param changes sets the options to change
 * @return the new request; this one is unchanged
 */
public fun PromptSpec.copy(changes: PromptSpec.Builder.() -> Unit): PromptSpec =
    toBuilder().apply(changes).build()

/**
 * Adds a LoRA from a file.
 *
 * @param file a file in any format that [LoraAdapter.open] supports
 * @param strength the strength in the text encoder and the U-Net
 * @return this builder
 */
public fun PromptSpec.Builder.lora(file: Path, strength: Double = 1.0): PromptSpec.Builder =
    lora(LoraAdapter.open(file).withStrength(strength))

/**
 * Starts from an image.
 *
 * @param picture the start image
 * @param settings sets the denoising strength, 0.75 by default, and other options
 * @return this builder
 */
public fun PromptSpec.Builder.imageToImage(
    picture: Image,
    settings: ImageToImage.Builder.() -> Unit = {},
): PromptSpec.Builder = imageToImage(ImageToImage.builder(picture).apply(settings).build())

/**
 * Repaints a part of the image.
 *
 * @param mask a mask of the image's size, white where to paint
 * @param settings sets the blur of the mask's edge, the initial content and other options
 * @return this builder
 */
public fun ImageToImage.Builder.inpainting(
    mask: Image,
    settings: Inpainting.Builder.() -> Unit = {},
): ImageToImage.Builder = inpainting(Inpainting.builder(mask).apply(settings).build())

/**
 * Adds a second pass at a larger size.
 *
 * @param settings sets the scale, 2 by default, and the sampling of the second pass
 * @return this builder
 */
public fun PromptSpec.Builder.hiresFix(settings: HiresFix.Builder.() -> Unit): PromptSpec.Builder =
    hiresFix(HiresFix.builder().apply(settings).build())

/**
 * Adds a pass that repaints what a detector finds in the finished image, such as faces.
 *
 * @param detector the name of a detector of the pipeline
 * @param settings sets the prompt, the denoising strength, 0.4 by default, and other options
 * @return this builder
 */
public fun PromptSpec.Builder.detailPass(
    detector: String,
    settings: DetailPass.Builder.() -> Unit = {},
): PromptSpec.Builder = detailPass(DetailPass.builder(detector).apply(settings).build())

/**
 * Changes the options of the prompts, as in `promptOptions { withT5Tokens(256) }`.
 *
 * @param settings returns a copy with other options
 * @return this builder
 */
public fun PromptSpec.Builder.promptOptions(
    settings: PromptOptions.() -> PromptOptions
): PromptSpec.Builder = promptOptions(promptOptions().settings())

/**
 * Sets advanced sampling options.
 *
 * @param settings sets the options that differ from the defaults
 * @return this builder
 */
public fun PromptSpec.Builder.samplerOptions(
    settings: SamplerOptions.Builder.() -> Unit
): PromptSpec.Builder = samplerOptions(SamplerOptions.builder().apply(settings).build())

/**
 * Sets the options that trade exactness for speed.
 *
 * @param settings sets the options that differ from the defaults
 * @return this builder
 */
public fun PromptSpec.Builder.speedOptions(
    settings: SpeedOptions.Builder.() -> Unit
): PromptSpec.Builder = speedOptions(SpeedOptions.builder().apply(settings).build())
