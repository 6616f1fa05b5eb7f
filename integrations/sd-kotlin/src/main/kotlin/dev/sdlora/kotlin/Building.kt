/** Pipelines, requests and what they consist of, as blocks over the library's builders. */
package dev.sdlora.kotlin

import dev.sdlora.api.Checkpoint
import dev.sdlora.api.LoraAdapter
import dev.sdlora.api.Pipeline
import dev.sdlora.api.PromptSpec
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
 * @param settings how to load it, and where LoRAs and embeddings are; the checkpoint is set already
 * @return a pipeline to share and to close; see [Pipeline.Builder.build] for what it throws
 */
public fun pipeline(file: Path, settings: Pipeline.Builder.() -> Unit = {}): Pipeline =
    pipeline(Checkpoint.open(file), settings)

/**
 * Loads a checkpoint.
 *
 * @param checkpoint what to load
 * @param settings how, and where LoRAs and embeddings are
 * @return a pipeline to share and to close; see [Pipeline.Builder.build] for what it throws
 */
public fun pipeline(
    checkpoint: Checkpoint,
    settings: Pipeline.Builder.() -> Unit = {},
): Pipeline = Pipeline.builder().checkpoint(checkpoint).apply(settings).build()

/**
 * Says what to draw.
 *
 * @param prompt in A1111's syntax, `<lora:name:0.8>` included
 * @param settings all else; the defaults are those of [PromptSpec]
 * @return the request
 * @throws IllegalArgumentException if a setting is out of range
 */
public fun promptSpec(prompt: String, settings: PromptSpec.Builder.() -> Unit = {}): PromptSpec =
    PromptSpec.builder().prompt(prompt).apply(settings).build()

/**
 * Says the same with changes.
 *
 * @param changes what is to be different
 * @return another request; this one stays as it is
 */
public fun PromptSpec.copy(changes: PromptSpec.Builder.() -> Unit): PromptSpec =
    toBuilder().apply(changes).build()

/**
 * Adds the LoRA of a file.
 *
 * @param file of any kind that [LoraAdapter.open] reads
 * @param strength in text encoder and U-Net
 * @return this builder
 */
public fun PromptSpec.Builder.lora(file: Path, strength: Double = 1.0): PromptSpec.Builder =
    lora(LoraAdapter.open(file).withStrength(strength))

/**
 * Starts from an image.
 *
 * @param picture where to start from
 * @param settings how much may change, a strength of 0.75 by default, and the like
 * @return this builder
 */
public fun PromptSpec.Builder.imageToImage(
    picture: Image,
    settings: ImageToImage.Builder.() -> Unit = {},
): PromptSpec.Builder = imageToImage(ImageToImage.builder(picture).apply(settings).build())

/**
 * Paints a part of the image again.
 *
 * @param mask white where to paint, as large as the image
 * @param settings the edge of the mask, what lies under it, and the like
 * @return this builder
 */
public fun ImageToImage.Builder.inpainting(
    mask: Image,
    settings: Inpainting.Builder.() -> Unit = {},
): ImageToImage.Builder = inpainting(Inpainting.builder(mask).apply(settings).build())

/**
 * Adds a second pass at a larger size.
 *
 * @param settings how large, twice by default, and how the pass samples
 * @return this builder
 */
public fun PromptSpec.Builder.hiresFix(settings: HiresFix.Builder.() -> Unit): PromptSpec.Builder =
    hiresFix(HiresFix.builder().apply(settings).build())

/**
 * Sets the finer settings of sampling.
 *
 * @param settings what is to differ from the defaults
 * @return this builder
 */
public fun PromptSpec.Builder.samplerOptions(
    settings: SamplerOptions.Builder.() -> Unit
): PromptSpec.Builder = samplerOptions(SamplerOptions.builder().apply(settings).build())

/**
 * Sets what is left out to be faster.
 *
 * @param settings what is to differ from the defaults
 * @return this builder
 */
public fun PromptSpec.Builder.speedOptions(
    settings: SpeedOptions.Builder.() -> Unit
): PromptSpec.Builder = speedOptions(SpeedOptions.builder().apply(settings).build())
