/**
 * The door for checkpoints: recognises the layouts that people download, reads the dimensions of
 * the networks off the tensors, and finds every weight under its name in the file. Foreign names
 * stay in this package.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>Which words of a prompt a model was not taught: what it was: metadata {@code sdlora.words},
 *       read by {@code checkpoint.SingleFile}; words of prompts {@code prompt.taught.PromptWords},
 *       plurals and what is near {@code KnownWords}; what LoRAs and embeddings add, {@code
 *       pipeline.UntaughtWords}.
 *   <li>What `sd info` recognises: {@code pipeline.checkpoint.FileKind}.
 *   <li>Which family a file is of, what its U-Net predicts: {@code checkpoint.SingleFileFamily},
 *       {@code OtherModels} (refused), {@code PredictionSigns}, {@code NetworkShapes}; what a
 *       written file says of it, {@code SingleFileSigns}; what the U-Net sees of a noise level,
 *       {@code network.Prediction}.
 *   <li>ControlNets, T2I-Adapters: their files, which U-Nets they fit, when they act, how strongly:
 *       {@code checkpoint.ControlNetReader}, {@code T2iAdapterReader}; {@code control.Fitting};
 *       {@code Controls}; {@code Scales}.
 *   <li>Another checkpoint layout: {@code pipeline.checkpoint}: a {@code Names} function and how to
 *       read dimensions; its line in docs/layouts.md.
 *   <li>Which files a network of a diffusers folder is in; what its settings may say: {@code
 *       checkpoint.NetworkWeights}; {@code FolderSettings}.
 *   <li>Networks from files of their own, averaged weights: {@code checkpoint.SeparateNetworks},
 *       {@code Averages}; the choice in {@code api.CheckpointParts}.
 *   <li>Which upscalers can be read: {@code checkpoint.UpscalerReader}; how they work through
 *       images, {@code upscale.TiledUpscaler}; a network, {@code network.UpscalerConfig} and {@code
 *       UpscalerNet}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.checkpoint;

import org.jspecify.annotations.NullMarked;
