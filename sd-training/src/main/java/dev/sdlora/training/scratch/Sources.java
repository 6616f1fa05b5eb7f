package dev.sdlora.training.scratch;

import dev.sdlora.tensors.torch.Program;
import dev.sdlora.training.step.AdamW;
import java.util.Collection;
import java.util.List;

/** Program texts of networks and of training put together. */
final class Sources {
  private Sources() {}

  static List<Program.Source> join(List<List<Program.Source>> parts) {
    return parts.stream().flatMap(Collection::stream).toList();
  }

  static List<Program.Source> training(String... resources) {
    return Program.Source.beside(AdamW.class, resources);
  }
}
