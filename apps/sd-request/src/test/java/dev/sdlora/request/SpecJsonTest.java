package dev.sdlora.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.RequestLimits;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.setting.Attachments;
import dev.sdlora.api.setting.RandomSettings;
import dev.sdlora.api.setting.Settings;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.image.References;
import dev.sdlora.request.json.Fields;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpecJsonTest {
  private static final Image IMAGE = Image.of(2, 1, new byte[] {1, 2, 3, 4, 5, 6});

  @Property(tries = 200)
  void anySpec_writtenAsTextAndRead_isEqual(@ForAll long seed) {
    Attachments names = new RandomSettings.Names();
    PromptSpec spec =
        Settings.SPEC.read(
            new RandomSettings(seed).object(Settings.SPEC, names).orElseThrow(), names);

    String text = Fields.text(SpecJson.write(spec, names));

    assertThat(SpecJson.read(parse(text), names)).isEqualTo(spec);
  }

  @Test
  void form_isThatOfTheFirstVersion() {
    PromptSpec spec =
        PromptSpec.builder()
            .prompt("a cat")
            .seed((1L << 53) + 1)
            .imageToImage(ImageToImage.builder(IMAGE).build())
            .build();
    SpecFiles files = SpecFiles.stored(context(List.of(), false));

    String text = Fields.text(SpecJson.write(spec, files));

    String hash = files.images().keySet().iterator().next();
    assertThat(text)
        .isEqualTo(
            "{\"version\":1,\"prompt\":\"a cat\",\"seed\":9007199254740993,"
                + "\"imageToImage\":{\"image\":\"stored:"
                + hash
                + "\"}}");
  }

  @Test
  void imagesByHash_areReadFromTheStore() {
    PromptSpec spec = PromptSpec.builder().referenceImage(IMAGE).referenceImage(IMAGE).build();
    RequestContext context = context(List.of(), false);
    SpecFiles files = SpecFiles.stored(context);

    ObjectNode json = SpecJson.write(spec, files);

    References store =
        new References(
            Map.of(WholeRequest.STORED, hash -> Optional.ofNullable(files.images().get(hash))));
    assertThat(files.images()).hasSize(1);
    assertThat(SpecJson.read(json, context.withImages(store))).isEqualTo(spec);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpecJson.read(json, context))
        .withMessageStartingWith("referenceImages[0]: field 'image' must be a base64 image");
  }

  @Test
  void inlineImages_needNoStore() {
    PromptSpec spec = PromptSpec.builder().referenceImage(IMAGE).build();
    RequestContext context = context(List.of(), false);

    ObjectNode json = SpecJson.write(spec, SpecFiles.inline(context));

    assertThat(SpecJson.read(json, context)).isEqualTo(spec);
  }

  @Test
  void networks_areNamed_soThatAnotherServerFindsItsOwn(@TempDir Path folder, @TempDir Path there)
      throws IOException {
    Path network = Files.createFile(folder.resolve("canny.safetensors"));
    Path other = Files.createFile(there.resolve("canny.safetensors"));
    PromptSpec spec =
        PromptSpec.builder().controlUnit(ControlUnit.builder(network, IMAGE).build()).build();
    RequestContext here = context(List.of(folder), false);

    ObjectNode json = SpecJson.write(spec, SpecFiles.inline(here));

    assertThat(json.at("/controlUnits/0/network").asText()).isEqualTo("canny");
    assertThat(SpecJson.read(json, here)).isEqualTo(spec);
    assertThat(SpecJson.read(json, context(List.of(there), false)).controlUnits())
        .extracting(ControlUnit::network)
        .containsExactly(other);
  }

  @Test
  void otherPaths_areReadOnlyWhereRequestsMayNamePaths() {
    PromptSpec spec =
        PromptSpec.builder()
            .upscaling(new Upscaler("big", Optional.of(Path.of("/secret/big.pth"))), 2)
            .build();
    RequestContext owner = context(List.of(), true);

    ObjectNode json = SpecJson.write(spec, SpecFiles.inline(owner));

    assertThat(SpecJson.read(json, owner)).isEqualTo(spec);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpecJson.read(json, context(List.of(), false)))
        .withMessage("upscaler.file must be a file in a folder of this server: '/secret/big.pth'");
  }

  @Test
  void mistakes_areRefused_withThePathOfTheField() {
    assertRefused("{}", "version must be 1, which this program reads: null");
    assertRefused("{'version':2}", "version must be 1, which this program reads: 2");
    assertRefused("{'version':1,'step':20}", "setting 'step' is unknown; did you mean 'steps'?");
    assertRefused("{'version':1,'steps':'many'}", "steps must be a whole number: 'many'");
    assertRefused("{'version':1,'steps':0}", "steps must be from 1 to 1000: 0");
    assertRefused(
        "{'version':1,'hiresFix':{'scales':2}}",
        "hiresFix: setting 'scales' is unknown; did you mean 'scale'?");
    assertRefused("{'version':1,'loras':[null]}", "loras[0] must be an object: null");
    assertRefused(
        "{'version':1,'referenceImages':[null]}",
        "referenceImages[0] must be the name of an image: null");
    assertRefused("{'version':1,'cfgScale':NaN}", "cfgScale must be a finite number: NaN");
  }

  @Test
  void limits_areThoseOfTheServer() {
    assertRefused("{'version':1,'images':17}", "images must be from 1 to 16 here: 17");
    assertRefused(
        "{'version':1,'detailPasses':" + List.of(1, 2, 3) + "}",
        "detailPasses must have at most 2 elements: 3");
    assertThatExceptionOfType(ResourceException.class)
        .isThrownBy(() -> read("{'version':1,'size':'4096x4096'}"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read("{'version':1,'prompt':'" + "a".repeat(200_000) + "'}"))
        .withMessageStartingWith("the request has 2000");
  }

  private static void assertRefused(String json, String message) {
    assertThatIllegalArgumentException().isThrownBy(() -> read(json)).withMessage(message);
  }

  private static PromptSpec read(String json) {
    RequestContext context =
        DrawingWriterTest.context(
            List.of(),
            RequestLimits.DEFAULTS
                .withImages(16)
                .withControlUnits(2)
                .withText(100_000)
                .withPixels(2048 * 2048),
            false);
    return SpecJson.read(parse(json.replace('\'', '"')), context);
  }

  private static ObjectNode parse(String text) {
    return Fields.parse(text.getBytes(StandardCharsets.UTF_8)).node();
  }

  private static RequestContext context(List<Path> controlNets, boolean paths) {
    return DrawingWriterTest.context(controlNets, RequestLimits.DEFAULTS, paths);
  }
}
