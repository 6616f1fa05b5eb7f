package dev.sdlora.fuzz;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.EmbeddingException;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.auxiliary.ControlNetReader;
import dev.sdlora.families.checkpoint.auxiliary.ImageAdapterReader;
import dev.sdlora.families.checkpoint.auxiliary.T2iAdapterReader;
import dev.sdlora.families.checkpoint.auxiliary.TinyDecoderReader;
import dev.sdlora.families.checkpoint.auxiliary.UpscalerReader;
import dev.sdlora.families.checkpoint.auxiliary.VisionReader;
import dev.sdlora.pipeline.embedding.EmbeddingFiles;
import dev.sdlora.pipeline.hypernetwork.HypernetworkFolders;
import dev.sdlora.tensors.file.TensorFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checkpoints, the networks that accompany them, and embeddings. */
final class ModelTargets {
  private static final Listing TEXT_ENCODER = new Listing(SmallNetworks.CLIP.weights());
  private static final Listing UNET = new Listing(SmallNetworks.UNET.weights());
  private static final Listing VAE = new Listing(SmallNetworks.VAE.weights());

  private ModelTargets() {}

  static List<Target> all() {
    Set<Class<? extends Exception>> embedding =
        Set.of(EmbeddingException.class, TensorFileException.class);
    Set<Class<? extends Exception>> hypernetwork =
        Set.of(StableDiffusionException.class, TensorFileException.class);
    return List.of(
        network("checkpoint", SmallNetworks.checkpoint(), CheckpointReader::read),
        network("checkpoint-sdxl", SmallNetworks.sdxl(), CheckpointReader::read),
        network("controlnet", SmallNetworks.controlNet(), ModelTargets::controlNet),
        network("controlnet-union", SmallNetworks.controlNetUnion(), ModelTargets::controlNetUnion),
        network("t2i-adapter", SmallNetworks.adapter(), ModelTargets::adapter),
        network("ip-adapter", SmallNetworks.imageAdapter(), ModelTargets::imageAdapter),
        network("vision-encoder", SmallNetworks.visionEncoder(), ModelTargets::visionEncoder),
        network("upscaler", SmallNetworks.upscaler(), UpscalerReader::read),
        network("compact-upscaler", SmallNetworks.compactUpscaler(), UpscalerReader::read),
        network("preview-decoder", SmallNetworks.previewDecoder(), TinyDecoderReader::read),
        new Target(
            "diffusers-settings",
            Set.of(CheckpointException.class, TensorFileException.class),
            ModelTargets::diffusersSettings),
        new Target(
            "hypernetwork",
            hypernetwork,
            input ->
                hypernetwork(
                    Scratch.file("hypernetworks/h.safetensors", Listing.NOTHING.with(input)))),
        new Target(
            "hypernetwork-pickle",
            hypernetwork,
            input -> hypernetwork(Scratch.file("hypernetworks-pickled/h.pt", input))),
        new Target("embedding", embedding, ModelTargets::embedding),
        new Target(
            "embedding-pickle",
            embedding,
            input -> new EmbeddingFiles().open(Scratch.file("embedding.pt", input))));
  }

  @FunctionalInterface
  private interface Opening {
    Object open(Path file);
  }

  /** Files of one or more tensors, and files of the whole network with some tensors changed. */
  private static Target network(String name, Map<String, List<Long>> shapes, Opening opening) {
    Listing network = new Listing(shapes);
    return new Target(
        name,
        Set.of(CheckpointException.class, TensorFileException.class),
        input -> {
          // A first line "*" selects the whole network.
          boolean whole = input.length > 1 && input[0] == '*' && input[1] == '\n';
          Listing listing =
              whole
                  ? network.with(Arrays.copyOfRange(input, 2, input.length))
                  : Listing.NOTHING.with(input);
          opening.open(Scratch.file(name + ".safetensors", listing));
        });
  }

  private static Object controlNet(Path path) {
    return ControlNetReader.read(TensorFile.open(path), channels -> 8);
  }

  private static Object controlNetUnion(Path path) {
    return ControlNetReader.readUnion(TensorFile.open(path), channels -> 8);
  }

  private static Object adapter(Path path) {
    return T2iAdapterReader.read(TensorFile.open(path));
  }

  private static Object imageAdapter(Path path) {
    return ImageAdapterReader.read(TensorFile.open(path));
  }

  private static Object visionEncoder(Path path) {
    return VisionReader.read(TensorFile.open(path));
  }

  /** All settings files of a folder at once; none of their keys has two meanings. */
  private static void diffusersSettings(byte[] json) throws IOException {
    Scratch.once("model/text_encoder/model.safetensors", TEXT_ENCODER);
    Scratch.once("model/unet/diffusion_pytorch_model.safetensors", UNET);
    Scratch.once("model/vae/diffusion_pytorch_model.safetensors", VAE);
    Path first = Scratch.file("model/text_encoder/config.json", json);
    for (String other :
        List.of("unet/config.json", "vae/config.json", "scheduler/scheduler_config.json")) {
      Scratch.alias("model/" + other, "model/text_encoder/config.json");
    }
    CheckpointReader.read(first.resolve("../..").normalize());
  }

  private static void hypernetwork(Path file) {
    HypernetworkFolders.open(List.of(file.resolveSibling(""))).open("h");
  }

  private static void embedding(byte[] lines) throws IOException {
    new EmbeddingFiles().open(Scratch.file("embedding.safetensors", Listing.NOTHING.with(lines)));
  }
}
