package dev.sdlora.pipeline.request;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.families.memory.MemoryNeed;
import dev.sdlora.pipeline.model.Model;
import dev.sdlora.sampler.noise.ImageSeeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Consecutive images of a request with the same prompts. Immutable.
 *
 * @param spec the request, with the prompts and the number of these images
 * @param templates the templates of the prompts, by infotext key; empty if they are not dynamic
 * @param repainting how the start image is changed; empty without one
 * @param first the first pass
 * @param hires the second pass of hires fix
 * @param details the detail passes of the finished images, in order
 * @param warnings about detail passes that are left out
 * @param memory the memory estimate of these images
 * @param batches the images, grouped by the batches that are drawn together
 */
public record RequestPart(
    PromptSpec spec,
    Map<String, String> templates,
    Optional<Repainting> repainting,
    PassPlan first,
    Optional<HiresPlan> hires,
    List<DetailPlan> details,
    List<String> warnings,
    RequestMemory memory,
    List<List<ImageRun>> batches) {

  /**
   * Resolves images with the same prompts.
   *
   * @param images the number of images of the whole request, which are kept together in memory
   * @param size the size of the first pass
   * @param seeds the seeds of the first image of the request
   */
  static RequestPart resolve(
      Model model,
      ResolvedPrompts prompts,
      int images,
      Optional<ImageToImage> source,
      ImageSize size,
      ImageSeeds seeds) {
    PromptSpec spec = prompts.spec();
    RequestMemory memory =
        new RequestMemory(model, spec.toBuilder().images(images).build(), source, size);
    Optional<Repainting> repainting = source.map(Repainting::of);
    PassPlan first = PassPlan.first(model, spec, PassSampling.of(model, spec, size, repainting));
    Optional<HiresPlan> hires = spec.hiresFix().map(fix -> HiresPlan.of(model, first, spec, fix));
    int steps = first.steps() + hires.map(second -> second.pass().steps()).orElse(0);
    int together = JointBatch.images(spec, size);
    List<List<ImageRun>> batches = new ArrayList<>();
    for (int from = 0; from < spec.images(); from += together) {
      batches.add(
          IntStream.range(from, Math.min(from + together, spec.images()))
              .map(number -> prompts.firstImage() + number)
              .mapToObj(index -> new ImageRun(index, seeds.image(index), 0, steps))
              .toList());
    }
    ImageSize finished = hires.map(HiresPlan::size).orElse(size);
    boolean control =
        first.control().or(() -> hires.flatMap(second -> second.pass().control())).isPresent();
    DetailPlan.Details details = DetailPlan.of(model, spec, first, finished);
    return new RequestPart(
        spec,
        prompts.templates(),
        repainting,
        first,
        hires,
        details.plans(),
        details.warnings(),
        control ? memory.withControl() : memory,
        List.copyOf(batches));
  }

  /**
   * Returns the peak memory, with that of weights that LoRAs widen.
   *
   * @param keepsImages whether all images of the batch are kept until the end
   */
  public MemoryNeed need(Model model, boolean keepsImages) {
    long widened =
        allPasses().stream()
            .map(pass -> pass.loras().patched())
            .mapToLong(
                plan ->
                    model.loras().gate().holds(plan)
                        ? model.loras().widened().missing(plan)
                        : model.loras().widened().bytes(plan))
            .max()
            .orElse(0);
    MemoryNeed most = memory.need(keepsImages);
    for (DetailPlan detail : details) {
      most = most.or(detail.memory().need(false).and(memory.held(keepsImages)));
    }
    return most.and(new MemoryNeed(widened, 0));
  }

  /** Returns the part of an image in which a find is painted. */
  public RequestPart ofDetail(DetailPlan detail, PassPlan pass) {
    return new RequestPart(
        pass.spec(),
        Map.of(),
        Optional.of(Repainting.of(detail.source())),
        pass,
        Optional.empty(),
        List.of(),
        List.of(),
        detail.memory(),
        List.of());
  }

  /** Returns the passes, then those of the details. */
  public List<PassPlan> allPasses() {
    return Stream.concat(
            passes().stream(), details.stream().flatMap(detail -> detail.passes().stream()))
        .toList();
  }

  /** Returns the passes over the whole image, in order. */
  public List<PassPlan> passes() {
    List<PassPlan> passes = new ArrayList<>(List.of(first));
    hires.ifPresent(second -> passes.add(second.pass()));
    return passes;
  }

  /** Returns the size of the images before upscaling. */
  public ImageSize size() {
    return hires.map(HiresPlan::size).orElse(first.size());
  }
}
