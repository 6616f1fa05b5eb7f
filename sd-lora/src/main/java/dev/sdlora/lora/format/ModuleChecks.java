package dev.sdlora.lora.format;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Checks that a module has all its tensors and that their shapes match. */
final class ModuleChecks {
  private final TensorFile file;
  private final LoraModule module;

  private ModuleChecks(TensorFile file, LoraModule module) {
    this.file = file;
    this.module = module;
  }

  /**
   * Checks a module.
   *
   * @throws LoraException if a tensor is missing or does not fit the others
   */
  static void require(TensorFile file, LoraModule module) {
    new ModuleChecks(file, module).check();
  }

  private void check() {
    for (Map.Entry<Part, TensorEntry> part : module.parts().entrySet()) {
      checkTensor(part.getKey(), part.getValue());
    }
    switch (module.kind()) {
      case LORA -> checkLora();
      case LOHA -> checkLoha();
      case LOKR -> checkLokr();
      case IA3 -> need(Part.WEIGHT);
      case GLORA -> checkGlora();
      case OFT -> expect(rank(Part.OFT_BLOCKS) == 3 && square(1), "square blocks [n, b, b]");
      case BOFT -> expect(rank(Part.OFT_BLOCKS) == 4 && square(2), "square blocks [m, n, b, b]");
      case OLD_OFT -> expect(rank(Part.OFT_DIAG) >= 2, "blocks [n, b, b]");
      case FULL -> expect(rank(Part.DIFF) != 0 && rank(Part.DIFF_B) != 0, "the shape of a weight");
      case REPLACED -> need(Part.WEIGHT);
      case NORM -> expect(rank(Part.W_NORM) != 0 && rank(Part.B_NORM) != 0, "[channels]");
    }
    checkRows(Part.RESCALE, false);
    checkRows(Part.DORA_SCALE, true);
  }

  private void checkTensor(Part part, TensorEntry entry) {
    boolean number = part == Part.ALPHA || part == Part.SCALE || part == Part.ON_INPUT;
    if (number && entry.elements() != 1) {
      throw error(
          "tensor '%s' has shape %s, expected a single number"
              .formatted(entry.name(), entry.shape()));
    }
    if (entry.shape().stream().anyMatch(side -> side > Integer.MAX_VALUE)) {
      throw error("tensor '%s' has an impossible shape: %s".formatted(entry.name(), entry.shape()));
    }
    if (entry.elements() == 0) {
      throw error("tensor '%s' is empty: %s".formatted(entry.name(), entry.shape()));
    }
    if (!number && !entry.dtype().isFloating()) {
      throw error(
          "tensor '%s' has dtype %s, expected floats; quantised LoRAs are not supported"
              .formatted(entry.name(), entry.dtype().label()));
    }
  }

  private void checkLora() {
    Optional<TensorEntry> down = module.find(Part.LORA_DOWN);
    Optional<TensorEntry> up = module.find(Part.LORA_UP);
    if (down.isEmpty() && up.isEmpty()) {
      need(Part.LORA_DOWN);
    }
    if (down.isEmpty() || up.isEmpty()) {
      String present = down.or(() -> up).map(TensorEntry::name).orElseThrow();
      throw error(
          "tensor '%s' is present, but its counterpart '%s' is missing"
              .formatted(present, KeyEndings.counterpart(present)));
    }
    boolean pair =
        rank(Part.LORA_DOWN) >= 2
            && rank(Part.LORA_UP) >= 2
            && up.get().shape().stream().skip(2).allMatch(side -> side == 1);
    if (module.find(Part.LORA_MID).isPresent()) {
      expect(
          pair
              && rank(Part.LORA_MID) > 2
              && down.get().shape().stream().skip(2).allMatch(side -> side == 1)
              && size(Part.LORA_UP, 1) == size(Part.LORA_MID, 0)
              && size(Part.LORA_MID, 1) == size(Part.LORA_DOWN, 0),
          "[rank, in], [out, rank] and [rank, rank, k, k]");
    } else {
      expect(
          pair && size(Part.LORA_UP, 1) == size(Part.LORA_DOWN, 0), "[rank, in] and [out, rank]");
    }
    Optional<TensorEntry> bias = module.find(Part.LORA_BIAS);
    expect(
        bias.isEmpty() || bias.get().elements() == size(Part.LORA_UP, 0),
        "a bias of [out], one number for each row of the second factor");
  }

  private void checkLoha() {
    need(Part.HADA_W1_A);
    need(Part.HADA_W1_B);
    need(Part.HADA_W2_A);
    need(Part.HADA_W2_B);
    boolean matrices =
        rank(Part.HADA_W1_A) == 2
            && rank(Part.HADA_W1_B) == 2
            && rank(Part.HADA_W2_A) == 2
            && rank(Part.HADA_W2_B) == 2
            && size(Part.HADA_W1_B, 1) == size(Part.HADA_W2_B, 1);
    if (module.find(Part.HADA_T1).or(() -> module.find(Part.HADA_T2)).isPresent()) {
      need(Part.HADA_T1);
      need(Part.HADA_T2);
      expect(
          matrices
              && core(Part.HADA_T1, Part.HADA_W1_A, Part.HADA_W1_B)
              && core(Part.HADA_T2, Part.HADA_W2_A, Part.HADA_W2_B)
              && size(Part.HADA_W1_A, 1) == size(Part.HADA_W2_A, 1)
              && kernel(Part.HADA_T1).equals(kernel(Part.HADA_T2)),
          "a [rank, out], b [rank, in] and t [rank, rank, k, k], twice");
    } else {
      expect(
          matrices
              && size(Part.HADA_W1_A, 1) == size(Part.HADA_W1_B, 0)
              && size(Part.HADA_W2_A, 1) == size(Part.HADA_W2_B, 0)
              && size(Part.HADA_W1_A, 0) == size(Part.HADA_W2_A, 0),
          "a [out, rank] and b [rank, in], twice");
    }
  }

  private void checkLokr() {
    if (module.find(Part.LOKR_W1).isEmpty()) {
      need(Part.LOKR_W1_A);
      need(Part.LOKR_W1_B);
    }
    if (module.find(Part.LOKR_W2).isEmpty()) {
      need(Part.LOKR_W2_A);
      need(Part.LOKR_W2_B);
    }
    boolean first =
        module.find(Part.LOKR_W1).isPresent()
            ? rank(Part.LOKR_W1) == 2
            : product(Part.LOKR_W1_A, Part.LOKR_W1_B);
    boolean second;
    if (module.find(Part.LOKR_W2).isPresent()) {
      second = rank(Part.LOKR_W2) >= 2;
    } else if (module.find(Part.LOKR_T2).isPresent()) {
      second = core(Part.LOKR_T2, Part.LOKR_W2_A, Part.LOKR_W2_B);
    } else {
      second = product(Part.LOKR_W2_A, Part.LOKR_W2_B);
    }
    expect(first && second, "two matrices, each whole or a [out, rank] and b [rank, in]");
  }

  private void checkGlora() {
    need(Part.A1);
    need(Part.A2);
    need(Part.B1);
    need(Part.B2);
    expect(
        rank(Part.A1) >= 2
            && rank(Part.A2) >= 2
            && rank(Part.B1) >= 2
            && rank(Part.B2) >= 2
            && (module.find(Part.BM).isEmpty() || rank(Part.BM) > 2)
            && (module.glora(0, 1) || module.glora(1, 0)),
        "a1 [in, rank], a2 [rank, in], b1 [out, rank], b2 [rank, in], or each transposed");
  }

  private boolean product(Part a, Part b) {
    return rank(a) == 2 && rank(b) >= 2 && size(a, 1) == size(b, 0);
  }

  private boolean core(Part core, Part a, Part b) {
    return rank(core) > 2
        && rank(a) == 2
        && rank(b) == 2
        && size(core, 0) == size(a, 0)
        && size(core, 1) == size(b, 0);
  }

  private List<Long> kernel(Part core) {
    return module.part(core).shape().subList(2, rank(core));
  }

  private boolean square(int dimension) {
    return size(Part.OFT_BLOCKS, dimension) == size(Part.OFT_BLOCKS, dimension + 1);
  }

  /** Checks that a part has one number for each row or, if allowed, for each input channel. */
  private void checkRows(Part part, boolean orChannels) {
    Optional<TensorEntry> numbers = module.find(part);
    Extent extent = module.extent();
    if (numbers.isEmpty() || extent.out().isEmpty()) {
      return;
    }
    long count = numbers.get().elements();
    boolean rows = count == extent.out().getAsLong();
    boolean channels = orChannels && extent.in().orElse(count) % count == 0;
    expect(rows || channels, "a number for each row or input channel of " + extent);
  }

  /** The number of dimensions of a part; -1 if it is missing. */
  private int rank(Part part) {
    return module.find(part).map(entry -> entry.shape().size()).orElse(-1);
  }

  private long size(Part part, int dimension) {
    return module.part(part).shape().get(dimension);
  }

  private void need(Part part) {
    if (module.find(part).isEmpty()) {
      throw error(
          "module '%s' (%s) has no tensor '%s.%s'"
              .formatted(module.key(), module.kind().label(), module.key(), part.ending()));
    }
  }

  private void expect(boolean fits, String expected) {
    if (!fits) {
      String shapes =
          module.parts().entrySet().stream()
              .map(
                  part ->
                      part.getKey().name().toLowerCase(Locale.ROOT) + " " + part.getValue().shape())
              .collect(Collectors.joining(", "));
      throw error(
          "the tensors of '%s' (%s) do not fit together: %s; expected %s"
              .formatted(module.key(), module.kind().label(), shapes, expected));
    }
  }

  private LoraException error(String reason) {
    return new LoraException(
        "LoRA '" + file.path() + "': " + reason, Reason.DAMAGED, ErrorDetails.in(file.path()));
  }
}
