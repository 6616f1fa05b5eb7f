package dev.sdlora.pipeline;

import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.tensorkit.GoldenTensors;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.testkit.TinyModels;
import java.nio.file.Path;

/** Goldens and models for tests. */
public final class Fixtures {
  public static final Path CHECKPOINT = TinyModels.CHECKPOINT;
  public static final Path LORAS = TinyModels.LORAS;
  public static final Path GOLDENS = GoldenTensors.folder("/dev/sdlora/pipeline");

  /** The small networks and goldens next to the tests of sd-families. */
  public static final Path FAMILY_GOLDENS = GoldenTensors.folder("/dev/sdlora/families");

  private Fixtures() {}

  /**
   * Returns a builder of pipelines whose results do not depend on the instructions of the
   * processor.
   */
  public static Pipeline.Builder float32() {
    return Pipeline.builder().precision(Precision.FLOAT32);
  }

  public static TensorFile familyGolden(String name) {
    return TensorFile.open(FAMILY_GOLDENS.resolve(name + ".safetensors"));
  }

  public static TensorFile golden(String name) {
    return TensorFile.open(GOLDENS.resolve(name + ".safetensors"));
  }
}
