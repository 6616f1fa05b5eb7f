package dev.sdlora.training;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;

/** The arrows between the packages of training, and from it to those below. */
@AnalyzeClasses(packages = "dev.sdlora", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  /** Among all packages, those at the root of a module too. */
  @ArchTest
  static final ArchRule NO_CYCLES = slices().matching("dev.sdlora.(**)").should().beFreeOfCycles();

  /** The public API and the loop stand on the parts, never the other way. */
  @ArchTest
  static final ArchRule PARTS_DO_NOT_KNOW_THE_WHOLE =
      ArchRuleDefinition.noClasses()
          .that()
          .resideInAPackage("dev.sdlora.training.*..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.sdlora.training");

  @ArchTest
  static final ArchRule NOBODY_BELOW_KNOWS_OF_TRAINING =
      ArchRuleDefinition.noClasses()
          .that()
          .resideOutsideOfPackage("dev.sdlora.training..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.sdlora.training..");

  @ArchTest
  static final ArchRule ONE_PLACE_FOR_THE_ENGINE =
      ArchRuleDefinition.noClasses()
          .that()
          .resideOutsideOfPackage("dev.sdlora.tensors.torch..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl.pytorch..");

  @ArchTest
  static final ArchRule SILENT =
      ArchRuleDefinition.noClasses()
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");
}
