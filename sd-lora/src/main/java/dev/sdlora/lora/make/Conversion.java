package dev.sdlora.lora.make;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.api.make.CreatedLora;
import dev.sdlora.api.make.MakingListener;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.lora.format.BundledEmbedding;
import dev.sdlora.lora.format.Kind;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.ModuleIndex.Layer;
import dev.sdlora.lora.plan.Placed;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Renames the tensors of a LoRA from one style to another. Their bytes stay the same, unless scales
 * are multiplied into the factors.
 */
public final class Conversion {
  private static final String WEIGHT = ".weight";

  /** The parts that exist in both styles. */
  private static final Set<Part> PARTS =
      Set.of(Part.LORA_DOWN, Part.LORA_UP, Part.ALPHA, Part.SCALE, Part.DORA_SCALE);

  private final LoraFile source;
  private final ModuleIndex index;
  private final KeyNaming style;
  private final LayerNames names;
  private final boolean scaleInFactors;

  /**
   * Creates a conversion.
   *
   * @param index the layers of the model that the file is for
   * @param style the style to write
   * @param names the names of layers in this style
   * @param scaleInFactors whether {@code up} is multiplied by alpha / rank, which rounds once more
   *     but makes alpha and settings unnecessary
   */
  public Conversion(
      LoraFile source,
      ModuleIndex index,
      KeyNaming style,
      LayerNames names,
      boolean scaleInFactors) {
    this.source = source;
    this.index = index;
    this.style = style;
    this.names = names;
    this.scaleInFactors = scaleInFactors;
  }

  /** A module with its layer and its alpha, which is the rank if none is given. */
  record Named(Layer layer, LoraModule module, double alpha) {
    String name() {
      return layer.weight().substring(0, layer.weight().length() - WEIGHT.length());
    }

    double scale() {
      return alpha / module.rank();
    }

    /** The numbers of a part for the rows of the layer. */
    float[] rows(TensorEntry part, TensorFile.Reader reader) {
      float[] whole = reader.floats(part);
      return module.rows().map(rows -> rows.of(whole)).orElse(whole);
    }

    /** The shape of a part for the rows of the layer. */
    List<Long> shape(TensorEntry part) {
      List<Long> shape = new ArrayList<>(part.shape());
      module.rows().ifPresent(rows -> shape.set(0, rows.count()));
      return shape;
    }
  }

  /**
   * Writes the file.
   *
   * @throws LoraException if a module's kind or layer has no name in the other style
   * @throws dev.sdlora.api.error.TensorFileException if a file cannot be read or written
   */
  public CreatedLora write(Path target, AdapterMetadata metadata, MakingListener listener) {
    if (!source.strays().isEmpty()) {
      throw new LoraException(
          "LoRA '%s': tensor '%s' belongs to no module, so it cannot be renamed"
              .formatted(path(), source.strays().get(0)),
          Reason.UNSUPPORTED,
          ErrorDetails.in(path()).withTensor(source.strays().get(0)));
    }
    SafetensorsWriter writer = new SafetensorsWriter();
    List<Named> modules = new ArrayList<>();
    int done = 0;
    try (TensorFile.Reader reader = source.file().reader()) {
      Set<LoraModule> repeated = index.repeated(source.modules());
      Stacking stacking = new Stacking(source, index, scaleInFactors);
      for (LoraModule module : source.modules()) {
        List<Named> all = repeated.contains(module) ? List.of() : named(module, reader);
        for (Named named : all) {
          modules.add(named);
          if (style != KeyNaming.KOHYA || !stacking.take(named)) {
            add(writer, named, reader);
          }
        }
        listener.done(
            ++done, source.modules().size(), all.isEmpty() ? module.key() : all.get(0).name());
      }
      stacking.write(writer, reader);
      for (BundledEmbedding embedding : source.embeddings()) {
        embedding
            .tensors()
            .values()
            .forEach(entry -> copy(writer, entry.name(), entry, entry.shape(), reader));
      }
      if (style == KeyNaming.PEFT && !scaleInFactors) {
        PeftConfig.of(modules, names).ifPresent(json -> metadata.put(PeftConfig.KEY, json));
      }
      metadata.pairs().forEach(writer::metadata);
      writer.write(target);
    }
    return new CreatedLora(target, modules.size(), source.rank(), 1, List.of());
  }

  private List<Named> named(LoraModule module, TensorFile.Reader reader) {
    if (module.kind() != Kind.LORA || !PARTS.containsAll(module.parts().keySet())) {
      throw new LoraException(
          "LoRA '%s': module '%s' is %s with parts %s; only LoRA and DoRA exist in both naming styles"
              .formatted(path(), module.key(), module.kind().label(), module.parts().keySet()),
          Reason.UNSUPPORTED,
          ErrorDetails.in(path()).withModule(module.key()));
    }
    List<Placed> all = index.place(source.file(), module);
    if (all.isEmpty()) {
      throw new LoraException(
          "LoRA '%s': module '%s' matches no known layer of %s models, so it cannot be renamed; specify"
                  .formatted(path(), module.key(), source.family().label())
              + " the checkpoint that it was made for",
          Reason.UNSUPPORTED,
          ErrorDetails.in(path()).withModule(module.key()));
    }
    double alpha = alpha(module, reader);
    return all.stream().map(placed -> new Named(placed.layer(), placed.module(), alpha)).toList();
  }

  private static double alpha(LoraModule module, TensorFile.Reader reader) {
    int rank = module.rank();
    return module
        .find(Part.SCALE)
        .map(entry -> (double) reader.floats(entry)[0] * rank)
        .or(() -> module.find(Part.ALPHA).map(entry -> (double) reader.floats(entry)[0]))
        .or(() -> module.configuredScale().map(scale -> scale * rank))
        .orElse((double) rank);
  }

  private void add(SafetensorsWriter writer, Named named, TensorFile.Reader reader) {
    LoraModule module = named.module();
    String key = names.key(named.layer().network(), named.name());
    TensorEntry down = module.part(Part.LORA_DOWN);
    TensorEntry up = module.part(Part.LORA_UP);
    copy(writer, key + style.down(), down, down.shape(), reader);
    if (module.rows().isPresent() || (scaleInFactors && named.scale() != 1)) {
      float[] values = named.rows(up, reader);
      for (int i = 0; scaleInFactors && i < values.length; i++) {
        values[i] *= (float) named.scale();
      }
      writer.tensor(key + style.up(), named.shape(up), values, writable(up.dtype()));
    } else {
      copy(writer, key + style.up(), up, up.shape(), reader);
    }
    if (style == KeyNaming.KOHYA) {
      alpha(writer, key, named, reader);
    }
    module
        .find(Part.DORA_SCALE)
        .ifPresent(
            entry ->
                writer.tensor(
                    key + style.magnitude(),
                    magnitude(named, entry),
                    named.rows(entry, reader),
                    writable(entry.dtype())));
  }

  private void alpha(SafetensorsWriter writer, String key, Named named, TensorFile.Reader reader) {
    LoraModule module = named.module();
    if (module.find(Part.ALPHA).isPresent() && !scaleInFactors) {
      TensorEntry alpha = module.part(Part.ALPHA);
      copy(writer, key + ".alpha", alpha, alpha.shape(), reader);
    } else {
      double alpha = scaleInFactors ? module.rank() : named.alpha();
      AdapterFile.alpha(writer, key, alpha, writable(module.part(Part.LORA_DOWN).dtype()));
    }
  }

  /** The dtype in which numbers are written that come from this one. */
  static DType writable(DType dtype) {
    return dtype == DType.F16 || dtype == DType.BF16 ? dtype : DType.F32;
  }

  private static void copy(
      SafetensorsWriter writer,
      String name,
      TensorEntry entry,
      List<Long> shape,
      TensorFile.Reader reader) {
    writer.tensor(name, entry.dtype(), shape, channel -> channel.write(reader.bytes(entry)));
  }

  /**
   * The shape of DoRA's magnitudes, one for each row of the weight: PEFT has [out] for matrices and
   * [1, out, 1, 1] for convolutions, kohya and LyCORIS [out, 1] and [out, 1, 1, 1].
   */
  private List<Long> magnitude(Named named, TensorEntry entry) {
    long out = named.shape(named.module().part(Part.LORA_UP)).get(0);
    boolean rows =
        List.of(List.of(out), List.of(out, 1L), List.of(1L, out, 1L, 1L), List.of(out, 1L, 1L, 1L))
            .contains(entry.shape());
    if (!rows) {
      throw new LoraException(
          "LoRA '%s': tensor '%s' has shape %s, expected one magnitude for each of %s rows; magnitudes of columns, as"
                  .formatted(path(), entry.name(), entry.shape(), out)
              + " written by LyCORIS before 3.0, do not exist in PEFT's style",
          Reason.UNSUPPORTED,
          ErrorDetails.in(path()).withTensor(entry.name()));
    }
    boolean convolution = named.module().part(Part.LORA_DOWN).shape().size() == 4;
    if (style == KeyNaming.PEFT) {
      return convolution ? List.of(1L, out, 1L, 1L) : List.of(out);
    }
    return convolution ? List.of(out, 1L, 1L, 1L) : List.of(out, 1L);
  }

  private Path path() {
    return source.file().path();
  }

  /** The metadata of the source and its family, without entries that only its own style needs. */
  public static AdapterMetadata metadata(Map<String, String> pairs, ModelFamily family) {
    AdapterMetadata metadata = AdapterMetadata.from(pairs, family);
    metadata.remove(PeftConfig.KEY);
    return metadata;
  }
}
