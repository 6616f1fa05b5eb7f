package dev.sdlora.fuzz;

import dev.sdlora.api.CheckpointException;
import dev.sdlora.api.EmbeddingException;
import dev.sdlora.api.TensorFileException;
import dev.sdlora.pipeline.checkpoint.CheckpointReader;
import dev.sdlora.pipeline.checkpoint.ControlNetReader;
import dev.sdlora.pipeline.checkpoint.T2iAdapterReader;
import dev.sdlora.pipeline.checkpoint.TinyDecoderReader;
import dev.sdlora.pipeline.checkpoint.UpscalerReader;
import dev.sdlora.pipeline.embedding.EmbeddingFiles;
import dev.sdlora.tensors.file.TensorFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checkpoints, the networks that go with them, and embeddings. */
final class ModelTargets {
  private static final byte[] NO_CHANGE = {};

  private ModelTargets() {}

  static List<Target> all() {
    Set<Class<? extends Exception>> embedding =
        Set.of(EmbeddingException.class, TensorFileException.class);
    return List.of(
        network("checkpoint", Networks.checkpoint(), CheckpointReader::read),
        network("checkpoint-sdxl", Networks.sdxl(), CheckpointReader::read),
        network("controlnet", Networks.controlNet(), ModelTargets::controlNet),
        network("t2i-adapter", Networks.adapter(), ModelTargets::adapter),
        network("upscaler", Networks.upscaler(), UpscalerReader::read),
        network("compact-upscaler", Networks.compactUpscaler(), UpscalerReader::read),
        network("preview-decoder", Networks.previewDecoder(), TinyDecoderReader::read),
        new Target(
            "diffusers-settings",
            Set.of(CheckpointException.class, TensorFileException.class),
            ModelTargets::diffusersSettings),
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

  /** Files of one tensor and more, and files of the whole network with some changed. */
  private static Target network(String name, Map<String, List<Long>> shapes, Opening opening) {
    return new Target(
        name,
        Set.of(CheckpointException.class, TensorFileException.class),
        input -> {
          // A first line of "*" stands for the whole network.
          boolean whole = input.length > 1 && input[0] == '*' && input[1] == '\n';
          Map<String, List<Long>> base = whole ? shapes : Map.of();
          byte[] lines = whole ? Arrays.copyOfRange(input, 2, input.length) : input;
          opening.open(LoraTargets.listed(name + ".safetensors", base, lines));
        });
  }

  private static Object controlNet(Path path) {
    return ControlNetReader.read(TensorFile.open(path), channels -> 8);
  }

  private static Object adapter(Path path) {
    return T2iAdapterReader.read(TensorFile.open(path));
  }

  /** All settings files of a folder at once; no key of theirs means two things. */
  private static void diffusersSettings(byte[] json) throws IOException {
    LoraTargets.listed("model/text_encoder/model.safetensors", Networks.CLIP.weights(), NO_CHANGE);
    LoraTargets.listed(
        "model/unet/diffusion_pytorch_model.safetensors", Networks.UNET.weights(), NO_CHANGE);
    LoraTargets.listed(
        "model/vae/diffusion_pytorch_model.safetensors", Networks.VAE.weights(), NO_CHANGE);
    for (String network : List.of("text_encoder", "unet", "vae")) {
      Scratch.file("model/" + network + "/config.json", json);
    }
    Path last = Scratch.file("model/scheduler/scheduler_config.json", json);
    CheckpointReader.read(last.resolve("../..").normalize());
  }

  private static void embedding(byte[] lines) throws IOException {
    new EmbeddingFiles().open(LoraTargets.listed("embedding.safetensors", Map.of(), lines));
  }
}
