package dev.sdlora.pipeline.make;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.testkit.TinyTransformers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A folder whose transformers find their text encoder and VAE without being given them. */
final class ComfyUiFolder {
  private final Path folder;

  private ComfyUiFolder(Path folder) {
    this.folder = folder;
  }

  /** Copies the text encoder and the VAEs into a folder. */
  static ComfyUiFolder in(Path folder) throws IOException {
    Path source = TinyTransformers.klein().resolveSibling("..").normalize();
    for (String part : List.of("text_encoders", "vae")) {
      Files.createDirectories(folder.resolve(part));
      try (Stream<Path> files = Files.list(source.resolve(part))) {
        for (Path file : files.toList()) {
          Files.copy(file, folder.resolve(part).resolve(file.getFileName()));
        }
      }
    }
    Files.createDirectories(folder.resolve("diffusion_models"));
    return new ComfyUiFolder(folder);
  }

  /** Returns the path of a transformer. */
  Path file(String name) {
    return folder.resolve("diffusion_models").resolve(name + ".safetensors");
  }

  /** Returns the weights of the denoiser with LoRAs patched in. */
  static Map<String, float[]> denoiser(Path checkpoint, List<LoraAdapter> loras) {
    Map<String, float[]> weights = new LinkedHashMap<>(TinyFiles.weights(checkpoint, loras));
    weights.keySet().removeIf(name -> name.startsWith("TEXT"));
    return weights;
  }

  /** A model and its LoRAs. */
  enum Model {
    KLEIN(ModelFamily.FLUX2, "lora_outer_bfl"),
    Z_IMAGE(ModelFamily.Z_IMAGE, "lora_outer_single");

    private final ModelFamily family;
    private final String outer;

    Model(ModelFamily family, String outer) {
      this.family = family;
      this.outer = outer;
    }

    ModelFamily family() {
      return family;
    }

    Path file() {
      return this == KLEIN ? TinyTransformers.klein() : TinyTransformers.zImageTurbo();
    }

    Path folder() {
      return this == KLEIN ? TinyTransformers.kleinFolder() : TinyTransformers.zImageFolder();
    }

    /** Returns LoRAs on the blocks and outside of them. */
    List<LoraAdapter> loras() {
      return List.of(lora("lora_aitoolkit").withStrength(0.8), lora(outer).withStrength(-0.5));
    }

    private LoraAdapter lora(String name) {
      Path loras = this == KLEIN ? TinyTransformers.kleinLoras() : TinyTransformers.zImageLoras();
      return LoraAdapter.open(loras.resolve(name + ".safetensors"));
    }
  }
}
