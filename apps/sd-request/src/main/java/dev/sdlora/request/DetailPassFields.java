package dev.sdlora.request;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import java.util.List;
import java.util.Set;

/**
 * The detail passes of a request: the own field {@code detailPasses}, a list of objects whose
 * fields are named as in {@link DetailPass}, and A1111's script ADetailer. Either replaces the
 * passes of a recorded request; with both, those of the script come last.
 */
final class DetailPassFields {
  static final String NAME = "detailPasses";

  private static final Set<String> KNOWN =
      Set.of(
          "detector",
          "labels",
          "prompt",
          "negativePrompt",
          "confidence",
          "most",
          "mostConfident",
          "leastShare",
          "mostShare",
          "order",
          "sameSeed",
          "growth",
          "offsetX",
          "offsetY",
          "merged",
          "inverted",
          "maskBlur",
          "denoisingStrength",
          "wholeImage",
          "padding",
          "width",
          "height",
          "steps",
          "cfgScale",
          "sampler",
          "schedule",
          "noiseMultiplier",
          "clipSkip");

  private final RequestContext offer;

  DetailPassFields(RequestContext offer) {
    this.offer = offer;
  }

  /** Reads the passes of the field and of the script. */
  void read(Fields fields, Overrides options, PromptSpec.Builder spec) {
    DetailerScript script = new DetailerScript(offer, options);
    if (!fields.has(NAME) && !script.isIn(fields)) {
      return;
    }
    spec.noDetailPasses();
    List<Fields> passes = fields.objects(NAME);
    requireFew(NAME, passes.size());
    List<Fields> further = script.passes(fields);
    requireFew("alwayson_scripts", passes.size() + further.size());
    passes.forEach(pass -> spec.detailPass(pass(pass)));
    further.forEach(pass -> spec.detailPass(script.pass(pass)));
  }

  private void requireFew(String field, int passes) {
    Fields.requireFew(field, passes, "detail passes", offer.limits().controlUnits());
  }

  private static DetailPass pass(Fields fields) {
    fields.names().stream()
        .filter(name -> !KNOWN.contains(name) && fields.has(name))
        .forEach(name -> fields.warn(KnownFields.unknown("field of a detail pass", name, KNOWN)));
    String detector =
        fields
            .name("detector")
            .orElseThrow(
                () ->
                    new FieldException(
                        "detector", "each of 'detailPasses' must have a field 'detector'"));
    DetailPass.Builder pass = DetailPass.builder(detector);
    if (fields.has("labels")) {
      pass.labels(fields.texts("labels"));
    }
    fields.text("prompt").ifPresent(pass::prompt);
    fields.text("negativePrompt").ifPresent(pass::negativePrompt);
    finds(fields, pass);
    masks(fields, pass);
    sampling(fields, pass);
    return pass.build();
  }

  private static void finds(Fields fields, DetailPass.Builder pass) {
    fields.ifNumber("confidence", pass::confidence);
    fields.ifWhole("most", pass::most);
    pass.mostConfident(fields.flag("mostConfident", false));
    share(fields, "leastShare", "mostShare", pass);
    fields.ifName("order", name -> pass.order(DetailPass.Order.parse(name)));
    pass.sameSeed(fields.flag("sameSeed", false));
  }

  /** Reads the range of shares; an error names the bound that is wrong. */
  static void share(Fields fields, String least, String most, DetailPass.Builder pass) {
    double from = fields.number(least).orElse(0);
    fields.set(least, () -> pass.share(from, 1));
    fields.ifNumber(most, to -> pass.share(from, to));
  }

  private static void masks(Fields fields, DetailPass.Builder pass) {
    fields.ifWhole("growth", pass::growth);
    pass.offset(fields.whole("offsetX", 0), fields.whole("offsetY", 0));
    pass.merged(fields.flag("merged", false));
    pass.inverted(fields.flag("inverted", false));
    fields.ifWhole("maskBlur", pass::maskBlur);
    pass.wholeImage(fields.flag("wholeImage", false));
    fields.ifWhole("padding", pass::padding);
  }

  private static void sampling(Fields fields, DetailPass.Builder pass) {
    fields.ifNumber("denoisingStrength", pass::denoisingStrength);
    if (fields.has("width") || fields.has("height")) {
      size(fields, "width", "height", 0, pass);
    }
    fields.ifWhole("steps", pass::steps);
    fields.ifNumber("cfgScale", pass::cfgScale);
    fields.ifName("sampler", name -> sampler(name, pass));
    fields.ifName("schedule", name -> pass.schedule(Schedule.parse(name)));
    fields.ifNumber("noiseMultiplier", pass::noiseMultiplier);
    fields.ifWhole("clipSkip", pass::clipSkip);
  }

  /** Reads the size at which parts are painted. */
  static void size(
      Fields fields, String width, String height, int otherwise, DetailPass.Builder pass) {
    int wide = fields.whole(width, otherwise);
    int high = fields.whole(height, otherwise);
    boolean widthIsWrong = wide <= 0 || wide % 8 != 0;
    fields.set(widthIsWrong ? width : height, () -> pass.size(new ImageSize(wide, high)));
  }

  /** Sets a sampler, and the schedule that its name may include. */
  static void sampler(String name, DetailPass.Builder pass) {
    pass.sampler(Sampler.inName(name));
    Schedule.inName(name).ifPresent(pass::schedule);
  }

  /** Writes the passes of a request with the settings that are not the default. */
  static void write(PromptSpec spec, ObjectNode fields) {
    if (!spec.detailPasses().isEmpty()) {
      ArrayNode passes = fields.putArray(NAME);
      spec.detailPasses().forEach(pass -> write(pass, passes.addObject()));
    }
  }

  private static void write(DetailPass pass, ObjectNode fields) {
    fields.put("detector", pass.detector());
    if (!pass.labels().isEmpty()) {
      pass.labels().forEach(fields.putArray("labels")::add);
    }
    put(!pass.prompt().isEmpty(), fields, "prompt", pass.prompt());
    put(!pass.negativePrompt().isEmpty(), fields, "negativePrompt", pass.negativePrompt());
    DetailPass usual = DetailPass.builder(pass.detector()).build();
    put(pass.confidence(), usual.confidence(), fields, "confidence");
    put(pass.most(), usual.most(), fields, "most");
    put(pass.mostConfident(), fields, "mostConfident");
    put(pass.leastShare(), usual.leastShare(), fields, "leastShare");
    put(pass.mostShare(), usual.mostShare(), fields, "mostShare");
    put(pass.order() != usual.order(), fields, "order", pass.order().label());
    put(pass.sameSeed(), fields, "sameSeed");
    put(pass.growth(), usual.growth(), fields, "growth");
    put(pass.offsetX(), usual.offsetX(), fields, "offsetX");
    put(pass.offsetY(), usual.offsetY(), fields, "offsetY");
    put(pass.merged(), fields, "merged");
    put(pass.inverted(), fields, "inverted");
    put(pass.maskBlur(), usual.maskBlur(), fields, "maskBlur");
    put(pass.denoisingStrength(), usual.denoisingStrength(), fields, "denoisingStrength");
    put(pass.wholeImage(), fields, "wholeImage");
    put(pass.padding(), usual.padding(), fields, "padding");
    pass.size().ifPresent(size -> fields.put("width", size.width()).put("height", size.height()));
    pass.steps().ifPresent(steps -> fields.put("steps", steps));
    pass.cfgScale().ifPresent(scale -> fields.put("cfgScale", scale));
    pass.sampler().ifPresent(sampler -> fields.put("sampler", sampler.label()));
    pass.schedule().ifPresent(schedule -> fields.put("schedule", schedule.label()));
    pass.noiseMultiplier().ifPresent(factor -> fields.put("noiseMultiplier", factor));
    pass.clipSkip().ifPresent(layer -> fields.put("clipSkip", layer));
  }

  private static void put(boolean needed, ObjectNode fields, String name, String text) {
    if (needed) {
      fields.put(name, text);
    }
  }

  private static void put(boolean flag, ObjectNode fields, String name) {
    if (flag) {
      fields.put(name, true);
    }
  }

  private static void put(int value, int usual, ObjectNode fields, String name) {
    if (value != usual) {
      fields.put(name, value);
    }
  }

  private static void put(double value, double usual, ObjectNode fields, String name) {
    if (value != usual) {
      fields.put(name, value);
    }
  }
}
