/**
 * The entry point for checkpoints: recognises the layouts that people download, reads the
 * dimensions of the networks from their tensors, and finds every weight under its name in the file.
 * File-specific names stay in this package and those below it.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Prompt words a model was not trained on: the metadata {@code sdlora.words}, read by {@code
 *       checkpoint.SingleFile}; words of prompts, {@code prompt.taught.PromptWords}; plurals and
 *       similar words, {@code KnownWords}; words that LoRAs and embeddings add, {@code
 *       pipeline.UntaughtWords}.
 *   <li>File kinds that {@code sd info} recognises: {@code checkpoint.FileKind}.
 *   <li>Detecting a file's family and prediction type: {@code sd.SingleFileFamily}, {@code
 *       families.KnownModels} (transformers, and those rejected), {@code PredictionSigns}, {@code
 *       NetworkShapes}; storing them in a written file, {@code SingleFileSigns}; noise levels as
 *       the U-Net sees them, {@code network.Prediction}.
 *   <li>ControlNets and T2I-Adapters: their files, {@code auxiliary.ControlNetReader} and {@code
 *       T2iAdapterReader}; the U-Nets they fit, {@code control.Fitting}; when and how strongly they
 *       act, {@code Controls} and {@code Scales}.
 *   <li>Another checkpoint layout: {@code checkpoint.layout}: a {@code Names} function and a way to
 *       read dimensions; its line in docs/layouts.md.
 *   <li>The files of a network in a diffusers folder: {@code checkpoint.stored.NetworkWeights};
 *       allowed settings, {@code FolderSettings}.
 *   <li>Networks from files of their own, averaged weights: {@code checkpoint.SeparateNetworks},
 *       {@code Averages}; their selection, {@code api.CheckpointParts}.
 *   <li>Supported upscalers: {@code auxiliary.UpscalerReader}; tiled upscaling, {@code
 *       upscale.TiledUpscaler}; a network, {@code upscaler.UpscalerConfig} and {@code UpscalerNet}.
 * </ul>
 */
@NullMarked
package dev.sdlora.families.checkpoint;

import org.jspecify.annotations.NullMarked;
