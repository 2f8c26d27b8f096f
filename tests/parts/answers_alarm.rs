//! Words of danger or despair are noticed, in clear and in paraphrase; a death, a loss or a figure of speech is not one.

use standardiste::answers::LanguageData;
use standardiste::answers::pattern::Sentence;

const DISTRESS: [&str; 30] = [
    "Je veux mourir.",
    "J'ai plus envie de vivre.",
    "Je vais me suicider.",
    "Je pense à en finir avec la vie.",
    "J'ai avalé toute une boîte de médicaments.",
    "Je vais sauter par la fenêtre.",
    "Ma vie n'a plus de sens.",
    "Je voudrais ne plus être là.",
    "Tout le monde serait mieux sans moi.",
    "Je vais me foutre en l'air.",
    "Mon bébé ne respire pas.",
    "Ma femme ne répond plus, elle est tombée par terre.",
    "Mon père vient de faire un malaise.",
    "Il y a un homme inconscient devant la mairie.",
    "Elle perd beaucoup de sang.",
    "Je crois qu'il fait une crise cardiaque.",
    "Il s'étouffe, venez vite !",
    "Appelez une ambulance.",
    "Il y a eu un accident, il y a des blessés.",
    "Un enfant se noie dans la rivière.",
    "Il y a le feu chez moi.",
    "L'immeuble est en feu.",
    "Ma cuisine brûle.",
    "Ça sent le gaz, il y a une fuite de gaz.",
    "Mon mari me frappe.",
    "Mon ex menace de me tuer.",
    "Je me fais agresser dans la rue.",
    "Au secours, aidez-moi !",
    "Il y a un homme avec un couteau qui menace les gens.",
    "Je suis en danger chez moi.",
];

const ORDINARY: [&str; 26] = [
    "C'est pour l'acte de décès de mon père.",
    "Mon mari est mort la semaine dernière, que dois-je faire ?",
    "Ma mère est décédée d'une crise cardiaque, il me faut l'acte de décès.",
    "Nous avons perdu notre bébé à la naissance.",
    "On a perdu mon grand-père hier.",
    "Je veux vivre en France, il me faut un acte de naissance.",
    "Je ne vis plus à cette adresse.",
    "Mon téléphone ne répond plus.",
    "Votre site ne répond pas.",
    "Ma carte d'identité est tombée dans l'eau.",
    "Ma carte d'identité est tombée par terre et elle s'est cassée.",
    "Je veux en finir avec ces papiers.",
    "Est-ce qu'il y a un feu d'artifice le quatorze juillet ?",
    "J'ai perdu mon livret de famille dans l'incendie de la maison.",
    "On m'a volé mon portefeuille, il y avait ma carte d'identité.",
    "Vous faites des passeports en urgence ?",
    "J'ai besoin du passeport d'urgence.",
    "Je voudrais mettre fin à mon PACS.",
    "Qui déclare le décès à l'hôpital ?",
    "Quel est le numéro des pompiers pour le calendrier ?",
    "Je voudrais le livret de famille, le mien est perdu.",
    "Le nouveau-né doit être déclaré quand ?",
    "Je voudrais changer de nom, le mien est ridicule.",
    "Je préfère mourir à la maison, je peux écrire mes volontés ?",
    "Mon enfant est tombé malade, je ne peux pas venir au rendez-vous.",
    "Il me faut un certificat de vie.",
];

#[test]
fn distress_is_noticed_and_ordinary_grief_is_not() {
    let language = LanguageData::built_in().unwrap();
    let missed: Vec<_> =
        DISTRESS.iter().filter(|text| language.distress.found_in(&Sentence::new(text)).is_none()).collect();
    let false_alarms: Vec<_> = ORDINARY
        .iter()
        .filter_map(|text| language.distress.found_in(&Sentence::new(text)).map(|rule| (text, rule)))
        .collect();
    assert!(missed.is_empty() && false_alarms.is_empty(), "missed {missed:#?}, false alarms {false_alarms:#?}");
}
