package dev.sdlora.request;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.api.setting.Setting;
import dev.sdlora.api.setting.Settings;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.json.FieldException;
import dev.sdlora.request.json.Fields;
import dev.sdlora.request.setting.Place;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The detail passes of a request: the own field {@code detailPasses}, a list of objects whose
 * fields are named as in {@link DetailPass}, and A1111's script ADetailer. Either replaces the
 * passes of a recorded request; with both, those of the script come last.
 */
final class DetailPassFields {
  static final String NAME = "detailPasses";

  private static final Place<DetailPass.Builder, DetailPass, DetailPass.Builder> ROWS =
      new Place<>(
          Settings.DETAIL_PASS,
          DetailPass.builder("any").build(),
          pass -> pass,
          spec -> Optional.empty());

  /** Settings whose fields have other names or values. */
  private static final Set<String> BY_HAND =
      Set.of(
          "detector", "labels", "prompt", "negativePrompt", "share", "offset", "size", "sampler");

  private static final Set<String> KNOWN =
      Stream.concat(
              Settings.DETAIL_PASS.settings().stream()
                  .map(Setting::name)
                  .filter(name -> !Set.of("share", "offset", "size").contains(name)),
              Stream.of("leastShare", "mostShare", "offsetX", "offsetY", "width", "height"))
          .collect(Collectors.toUnmodifiableSet());

  private final RequestContext context;

  DetailPassFields(RequestContext context) {
    this.context = context;
  }

  /** Reads the passes of the field and of the script. */
  void read(Fields fields, Overrides options, PromptSpec.Builder spec) {
    DetailerScript script = new DetailerScript(context, options);
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
    Fields.requireFew(field, passes, "detail passes", context.limits().controlUnits());
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
    share(fields, "leastShare", "mostShare", pass);
    pass.offset(fields.whole("offsetX", 0), fields.whole("offsetY", 0));
    if (fields.has("width") || fields.has("height")) {
      size(fields, "width", "height", 0, pass);
    }
    fields.ifName("sampler", name -> sampler(name, pass));
    ROWS.readOthers(BY_HAND, fields, pass);
    return pass.build();
  }

  /** Reads the range of shares; an error names the bound that is wrong. */
  static void share(Fields fields, String least, String most, DetailPass.Builder pass) {
    double from = fields.number(least).orElse(0);
    fields.set(least, () -> pass.share(from, 1));
    fields.ifNumber(most, to -> pass.share(from, to));
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
    ROWS.write(pass, Set.of("detector", "share", "offset", "size"), fields);
    DetailPass usual = ROWS.usual();
    put(pass.leastShare(), usual.leastShare(), fields, "leastShare");
    put(pass.mostShare(), usual.mostShare(), fields, "mostShare");
    put(pass.offsetX(), usual.offsetX(), fields, "offsetX");
    put(pass.offsetY(), usual.offsetY(), fields, "offsetY");
    pass.size().ifPresent(size -> fields.put("width", size.width()).put("height", size.height()));
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
