package dev.sdlora.lora.make;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.lora.family.LayerTables;
import dev.sdlora.lora.family.TransformerNames;
import dev.sdlora.lora.family.TransformerRule;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.format.Part;
import dev.sdlora.lora.format.Rows;
import dev.sdlora.lora.make.Conversion.Named;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Writes the modules of a transformer's layers under the names of single files, in kohya's style.
 * The projections of an attention are stacked there: their modules become one whose first factor
 * holds those of all and whose second factor is block-diagonal. If they share the first factor, as
 * after a cut of a stacked module, the second factors are stacked instead, which restores it.
 */
final class Stacking {
  private static final String PREFIX = "lora_unet_";

  private final LoraFile source;
  private final ModuleIndex index;
  private final boolean scaleInFactors;
  private final Optional<TransformerNames> family;
  private final Map<TransformerRule, Map<String, Named>> groups = new LinkedHashMap<>();

  /**
   * Creates a writer for a file; it takes nothing if the file's family has no transformer.
   *
   * @param scaleInFactors whether second factors are multiplied by alpha / rank
   */
  Stacking(LoraFile source, ModuleIndex index, boolean scaleInFactors) {
    this.source = source;
    this.index = index;
    this.scaleInFactors = scaleInFactors;
    this.family = LayerTables.names(source.family());
  }

  /** Takes a module to be written later, if it is one of the transformer. */
  boolean take(Named named) {
    if (family.isEmpty() || named.layer().network() != Network.UNET) {
      return false;
    }
    TransformerRule rule =
        family
            .get()
            .other(named.name())
            .orElseGet(() -> new TransformerRule(named.name(), List.of(named.name()), false));
    groups.computeIfAbsent(rule, key -> new HashMap<>()).put(named.name(), named);
    return true;
  }

  /**
   * Writes the modules that were taken.
   *
   * @throws LoraException if some layers of a stacked one have magnitudes (DoRA) and others do not
   */
  void write(SafetensorsWriter writer, TensorFile.Reader reader) {
    groups.forEach((rule, modules) -> write(rule, modules, writer, reader));
  }

  private void write(
      TransformerRule rule,
      Map<String, Named> modules,
      SafetensorsWriter writer,
      TensorFile.Reader reader) {
    List<Named> present =
        rule.layers().stream()
            .flatMap(name -> Optional.ofNullable(modules.get(name)).stream())
            .toList();
    Named first = present.get(0);
    boolean equal = present.stream().allMatch(named -> named.scale() == first.scale());
    double scale = equal && !scaleInFactors ? first.scale() : 1;
    Map<String, FactorPair> factors = new HashMap<>();
    modules.forEach(
        (name, named) -> factors.put(name, factors(named, named.scale() / scale, reader)));
    FactorPair one = Objects.requireNonNull(factors.get(first.name()));
    int columns = one.down().length / one.rank();
    FactorPair all =
        present.size() == rule.layers().size()
                && factors.values().stream()
                    .allMatch(each -> Arrays.equals(each.down(), one.down()))
            ? shared(rule, factors)
            : blocks(rule, factors, columns);
    int rows = all.up().length / all.rank();
    boolean swapped = rule.isSwapped(rows, columns);
    float[] up = swapped ? Rows.swapped(rows).of(all.up()) : all.up();
    String key = PREFIX + rule.other().replace('.', '_');
    DType type = type(present);
    writer.tensor(
        key + KeyNaming.KOHYA.down(), List.of((long) all.rank(), (long) columns), all.down(), type);
    writer.tensor(key + KeyNaming.KOHYA.up(), List.of((long) rows, (long) all.rank()), up, type);
    AdapterFile.alpha(writer, key, scale * all.rank(), type);
    magnitudes(rule, present, reader)
        .ifPresent(
            values ->
                writer.tensor(
                    key + KeyNaming.KOHYA.magnitude(),
                    List.of((long) values.length, 1L),
                    swapped ? Rows.swapped(values.length).of(values) : values,
                    type));
  }

  private static FactorPair factors(Named named, double factor, TensorFile.Reader reader) {
    float[] up = named.rows(named.module().part(Part.LORA_UP), reader);
    for (int i = 0; factor != 1 && i < up.length; i++) {
      up[i] *= (float) factor;
    }
    return new FactorPair(
        reader.floats(named.module().part(Part.LORA_DOWN)), up, named.module().rank());
  }

  /** Stacks second factors whose first factors are equal. */
  private static FactorPair shared(TransformerRule rule, Map<String, FactorPair> factors) {
    List<FactorPair> all =
        rule.layers().stream().map(factors::get).map(Objects::requireNonNull).toList();
    float[] up = new float[all.stream().mapToInt(each -> each.up().length).sum()];
    int at = 0;
    for (FactorPair each : all) {
      System.arraycopy(each.up(), 0, up, at, each.up().length);
      at += each.up().length;
    }
    return new FactorPair(all.get(0).down(), up, all.get(0).rank());
  }

  /** Joins factors into a block-diagonal second factor; layers without a module get zeros. */
  private FactorPair blocks(TransformerRule rule, Map<String, FactorPair> factors, int columns) {
    int rank = factors.values().stream().mapToInt(FactorPair::rank).sum();
    List<Integer> counts = rule.layers().stream().map(name -> rows(name, factors)).toList();
    float[] down = new float[rank * columns];
    float[] up = new float[counts.stream().mapToInt(Integer::intValue).sum() * rank];
    int row = 0;
    int component = 0;
    for (int i = 0; i < counts.size(); i++) {
      FactorPair own = factors.get(rule.layers().get(i));
      if (own != null) {
        System.arraycopy(own.down(), 0, down, component * columns, own.down().length);
        for (int r = 0; r < counts.get(i); r++) {
          System.arraycopy(own.up(), r * own.rank(), up, (row + r) * rank + component, own.rank());
        }
        component += own.rank();
      }
      row += counts.get(i);
    }
    return new FactorPair(down, up, rank);
  }

  /** The rows of a layer; in proportion to those of another if the file has no module for it. */
  private int rows(String layer, Map<String, FactorPair> factors) {
    FactorPair own = factors.get(layer);
    if (own != null) {
      return own.up().length / own.rank();
    }
    Map.Entry<String, FactorPair> other = factors.entrySet().iterator().next();
    long rows = other.getValue().up().length / other.getValue().rank();
    return Math.toIntExact(rows * out(layer) / out(other.getKey()));
  }

  private long out(String layer) {
    return index.find(layer).orElseThrow().out();
  }

  private Optional<float[]> magnitudes(
      TransformerRule rule, List<Named> present, TensorFile.Reader reader) {
    List<float[]> all = new ArrayList<>();
    for (Named named : present) {
      Optional<TensorEntry> entry = named.module().find(Part.DORA_SCALE);
      entry.ifPresent(each -> all.add(named.rows(each, reader)));
    }
    if (all.isEmpty()) {
      return Optional.empty();
    }
    long rows =
        present.stream().mapToLong(n -> n.shape(n.module().part(Part.LORA_UP)).get(0)).sum();
    float[] joined = new float[all.stream().mapToInt(each -> each.length).sum()];
    if (all.size() < rule.layers().size() || joined.length != rows) {
      throw new LoraException(
          "LoRA '%s': module '%s' has magnitudes (DoRA), which '%s' must have for the rows of each of %s"
              .formatted(
                  source.file().path(), present.get(0).module().key(), rule.other(), rule.layers()),
          Reason.UNSUPPORTED,
          ErrorDetails.in(source.file().path()).withModule(present.get(0).module().key()));
    }
    int at = 0;
    for (float[] each : all) {
      System.arraycopy(each, 0, joined, at, each.length);
      at += each.length;
    }
    return Optional.of(joined);
  }

  /** The dtype of all factors; float32 if they differ. */
  private static DType type(List<Named> modules) {
    List<DType> types =
        modules.stream()
            .flatMap(
                n ->
                    List.of(n.module().part(Part.LORA_DOWN), n.module().part(Part.LORA_UP))
                        .stream())
            .map(entry -> Conversion.writable(entry.dtype()))
            .distinct()
            .toList();
    return types.size() == 1 ? types.get(0) : DType.F32;
  }
}
