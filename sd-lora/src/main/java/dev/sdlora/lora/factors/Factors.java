package dev.sdlora.lora.factors;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.lora.format.Kind;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import dev.sdlora.lora.format.Rows;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LowRank;
import dev.sdlora.tensors.weights.TensorLoader;
import dev.sdlora.tensors.weights.TensorLoader.Wanted;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Computes the changes of adapter modules in float32. They match LyCORIS's {@code forward}, with
 * which these files are trained; other programs differ in some points:
 *
 * <ul>
 *   <li>LoHa and LoKr: the product is multiplied by alpha / rank once. LyCORIS's {@code
 *       get_merged_weight} multiplies twice, which is a bug.
 *   <li>DoRA: the norm is that of the rows or columns of W + ΔW. A1111 always uses the columns,
 *       ComfyUI the rows of W alone. For a LyCORIS file at strength s, all of ΔW is added at every
 *       strength and the norms are moved by the fraction s towards the stored magnitudes; A1111 and
 *       ComfyUI interpolate the whole weight by s. A PEFT file, whose tensor is named {@code
 *       lora_magnitude_vector}, adds s · ΔW and sets the norms to the stored magnitudes, as PEFT
 *       does.
 *   <li>OFT and BOFT: alpha limits the norm of Q, times the number of rows as in LyCORIS and
 *       kohya's trainer; ComfyUI ignores the number of rows and applies the strength of OFT twice.
 *       {@code rescale} is applied in full at every strength.
 *   <li>GLoRA: both layouts are supported; A1111 supports only the first.
 *   <li>Rank limits apply to LoRA and LoCon, with or without core; A1111 ignores modules with a
 *       core.
 * </ul>
 *
 * <p>The change is linear in the strength only for LoRA, LoHa, LoKr, IA3, GLoRA and plain
 * differences. Not safe for use by several threads, because its loader is not.
 */
public final class Factors {
  private final Torch torch;
  private final TensorLoader loader;
  private final Program program;
  private final int limit;
  private final Formulas formulas;

  /** Creates factors that use the full rank of modules. */
  public Factors(Torch torch, TensorLoader loader) {
    this(
        torch,
        loader,
        Program.load(
            torch, Factors.class, "factors.torchscript.py", "factors_parts.torchscript.py"),
        Integer.MAX_VALUE);
  }

  private Factors(Torch torch, TensorLoader loader, Program program, int limit) {
    this.torch = torch;
    this.loader = loader;
    this.program = program;
    this.limit = limit;
    this.formulas = new Formulas(torch, program, limit);
  }

  /**
   * Returns factors that use only the first components of LoRA and LoCon: the first columns of
   * {@code up} and rows of {@code down}, like A1111's {@code dyn}. The scale stays alpha / full
   * rank. Other kinds are used whole.
   *
   * @param rank the number of components, at least 1; values above a module's rank have no effect
   * @throws IllegalArgumentException if the rank is less than 1
   */
  public Factors limitedTo(int rank) {
    if (rank < 1) {
      throw new IllegalArgumentException("rank limit must be at least 1: " + rank);
    }
    return new Factors(torch, loader, program, rank);
  }

  /**
   * Computes the change that a module adds to the original weight.
   *
   * @param reader the adapter's file
   * @param module the module in it; it must change the weight
   * @param original the layer's unchanged weight, float32
   * @param strength the factor on the change, without alpha / rank
   * @param scope the manager that will own the result
   * @return the change, float32, of the original's shape
   * @throws LoraException if a tensor holds NaN or infinity, or the tensors do not fit the weight
   *     or each other
   */
  public NDArray delta(
      TensorFile.Reader reader,
      LoraModule module,
      NDArray original,
      double strength,
      NDManager scope) {
    try (NDManager parts = torch.scope();
        TensorDict dict = TensorDict.of(ModuleTensors.read(loader, reader, module, parts))) {
      NDArray delta = formulas.change(reader, module, dict, original, strength, scope);
      if (!loader.isFinite(delta)) {
        throw FactorErrors.tooLarge(reader.file(), module, strength);
      }
      return delta;
    } catch (EngineException e) {
      throw FactorErrors.unfit(reader, module, original, e);
    }
  }

  /**
   * Computes the change that a module adds to the original bias.
   *
   * @param originalBias the layer's unchanged bias, if it has one
   * @return the change, float32, of the bias's shape; empty if the module does not change the bias
   * @throws LoraException if the tensor holds NaN or infinity, or differs in length from the bias
   */
  public Optional<NDArray> biasDelta(
      TensorFile.Reader reader,
      LoraModule module,
      @Nullable NDArray originalBias,
      double strength,
      NDManager scope) {
    Optional<TensorEntry> ofProduct = module.find(Part.LORA_BIAS);
    Optional<TensorEntry> entry =
        ofProduct.or(() -> module.find(Part.DIFF_B)).or(() -> module.find(Part.B_NORM));
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    List<Long> shape = List.of(entry.get().elements());
    long length = module.rows().map(Rows::count).orElse(entry.get().elements());
    if (originalBias != null && originalBias.size() != length) {
      throw new LoraException(
          "LoRA '%s': tensor '%s' changes a bias of %s numbers, but the bias in the checkpoint has %s; it was"
                  .formatted(reader.file().path(), entry.get().name(), length, originalBias.size())
              + " probably trained for another model",
          Reason.MISFIT,
          ErrorDetails.in(reader.file().path())
              .withModule(module.key())
              .withTensor(entry.get().name()));
    }
    try (NDManager parts = torch.scope()) {
      NDArray stored =
          Parts.read(loader, reader, List.of(new Wanted(entry.get(), shape)), parts)
              .tensors()
              .get(0);
      NDArray wanted = formulas.rows(module, stored, parts);
      double scale = ofProduct.isPresent() ? strength * Scale.of(reader, module) : strength;
      NDArray scaled = wanted.mul((float) scale);
      scaled.attach(scope);
      return Optional.of(scaled);
    }
  }

  /**
   * Reads the two factors of a module that is a plain product: LoRA and LoCon without magnitudes. A
   * core is multiplied into the second factor.
   *
   * @return the factors with strength · alpha / rank as their scale; empty for other kinds
   * @throws LoraException if a tensor holds NaN or infinity, or the product overflows at this
   *     strength
   */
  public Optional<LowRank> lowRank(
      TensorFile.Reader reader, LoraModule module, double strength, NDManager scope) {
    if (!isFactorPair(module)) {
      return Optional.empty();
    }
    return Optional.of(lowRanks(reader, List.of(new Portion(module, strength)), scope).get(0));
  }

  /**
   * A module with the strength at which it is read.
   *
   * @param module the module
   * @param strength the factor on its change, without alpha / rank
   */
  public record Portion(LoraModule module, double strength) {}

  /**
   * Reads the factors of many modules of a file in one call of the engine.
   *
   * @param portions the modules, which must be plain products
   * @return the factors in the same order
   * @throws LoraException as {@link #lowRank}
   */
  public List<LowRank> lowRanks(TensorFile.Reader reader, List<Portion> portions, NDManager scope) {
    List<Wanted> wanted = new ArrayList<>();
    portions.stream().filter(this::isInFile).forEach(portion -> addPair(portion.module(), wanted));
    Parts parts = Parts.read(loader, reader, wanted, scope);
    Iterator<NDArray> tensors = parts.tensors().iterator();
    List<LowRank> products = new ArrayList<>();
    for (Portion portion : portions) {
      if (isInFile(portion)) {
        double scale = portion.strength() * Scale.of(reader, portion.module());
        LowRank product = new LowRank(tensors.next(), tensors.next(), scale);
        requireBounded(reader, portion, product, parts.largest());
        products.add(product);
      } else {
        products.add(
            combined(
                reader, portion, dict -> program.call("pair").tensors(dict).integer(limit), scope));
      }
    }
    return products;
  }

  /**
   * Returns the two factors of a module of any kind whose change {@linkplain #hasLowRankForm is a
   * low-rank product}.
   *
   * @param shape the shape of the layer's weight
   * @return the factors with strength · alpha / rank as their scale
   * @throws LoraException if a tensor holds NaN or infinity, or the product overflows at this
   *     strength
   */
  public LowRank product(
      TensorFile.Reader reader,
      LoraModule module,
      List<Long> shape,
      double strength,
      NDManager scope) {
    Portion portion = new Portion(module, strength);
    if (isFactorPair(module)) {
      return lowRanks(reader, List.of(portion), scope).get(0);
    }
    long kernel = shape.stream().skip(2).reduce(1L, Math::multiplyExact);
    return combined(
        reader,
        portion,
        parts ->
            module.kind() == Kind.LOHA
                ? program.call("loha_pair").tensors(parts)
                : program.call("lokr_pair").tensors(parts).integer(kernel),
        scope);
  }

  /** Whether the file holds the factors in exactly the form that is needed. */
  private boolean isInFile(Portion portion) {
    LoraModule module = portion.module();
    return module.find(Part.LORA_MID).isEmpty()
        && module.rows().isEmpty()
        && module.columns().isEmpty()
        && module.rank() <= limit;
  }

  private static void addPair(LoraModule module, List<Wanted> wanted) {
    TensorEntry up = module.part(Part.LORA_UP);
    TensorEntry down = module.part(Part.LORA_DOWN);
    long rank = module.rank();
    wanted.add(new Wanted(up, List.of(up.elements() / rank, rank)));
    wanted.add(new Wanted(down, List.of(rank, down.elements() / rank)));
  }

  private LowRank combined(
      TensorFile.Reader reader,
      Portion portion,
      Function<TensorDict, Program.Call> pairing,
      NDManager scope) {
    double scale = portion.strength() * Scale.of(reader, portion.module());
    try (NDManager parts = torch.scope();
        TensorDict dict =
            TensorDict.of(ModuleTensors.read(loader, reader, portion.module(), parts))) {
      List<NDArray> pair = pairing.apply(dict).runForList(scope);
      NDArray up = formulas.rows(portion.module(), pair.get(0), scope);
      LowRank product = new LowRank(up, pair.get(1), scale);
      double largest = 0;
      for (NDArray factor : pair) {
        largest = Math.max(largest, factor.abs().max().getFloat());
      }
      requireBounded(reader, portion, product, largest);
      return product;
    }
  }

  /** Checks that a sum of this many products stays far below the largest float32 number. */
  private static void requireBounded(
      TensorFile.Reader reader, Portion portion, LowRank product, double largest) {
    long rank = product.down().getShape().get(0);
    if (!(Math.abs(product.scale()) * rank * largest * largest < 1e37)) {
      throw FactorErrors.tooLarge(reader.file(), portion.module(), portion.strength());
    }
  }

  /** Whether a module is stored as a product of two factors. */
  public static boolean isFactorPair(LoraModule module) {
    return module.kind() == Kind.LORA && module.find(Part.DORA_SCALE).isEmpty();
  }

  /**
   * Whether a module's change is a product of two factors that are no more expensive to multiply by
   * than the layer's own weight: always for LoRA and LoCon, and for LoHa and LoKr if the
   * {@linkplain ProductRank rank} that results from their formulas is low.
   */
  public static boolean hasLowRankForm(LoraModule module) {
    return isFactorPair(module)
        || (module.find(Part.DORA_SCALE).isEmpty() && ProductRank.isLow(module));
  }
}
